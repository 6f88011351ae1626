import type { CommandModule } from 'yargs';
import { choices } from '../../workflows/choices.js';
import { runCommand, UsageError } from '../run-command.js';

export const link: CommandModule<{ json: boolean }> = {
  command: 'link <library>',
  describe: 'link the native libraries that npm does not bring, out of the wheels that pip ships',
  builder: (yargs) =>
    yargs
      .positional('library', { choices: ['tensorflow', 'onnxruntime-cuda'] as const, demandOption: true })
      .option('gpu', { type: 'boolean', describe: 'tensorflow: the build with CUDA 12 (3 GB)' })
      .version(false) // or it would print this package's
      .option('version', { type: 'string', describe: `TensorFlow's version (default: ${choices.tensorflow})` })
      .option('remove', { type: 'boolean', default: false, describe: 'undo the link' })
      .example('serkit link tensorflow', 'needs python3 with pip, and g++; about half a minute')
      .example('serkit link tensorflow --version 2.21.0', 'another TensorFlow')
      .example('serkit link onnxruntime-cuda', 'CUDA 13 for predictions; needs python3 with pip; 1.6 GB'),
  handler: async (args) => {
    const options = args as unknown as LinkArguments;
    if (options.library === 'tensorflow') return linkTensorflow(options);
    if (options.gpu !== undefined || options.version !== undefined)
      throw new UsageError(
        '--gpu and --version are for tensorflow: onnxruntime-cuda is of the version that is installed',
      );
    return linkOnnxruntimeCuda(options);
  },
};

async function linkTensorflow({ json, remove, gpu = false, version = choices.tensorflow }: LinkArguments) {
  const workflow = await import('../../workflows/link-tensorflow.js');
  if (remove) return unlink(json, workflow.unlinkTensorflow);
  await runCommand(
    { json },
    ({ reporter }) => workflow.linkTensorflow({ version, gpu, onStep: (line) => reporter.line(line) }),
    ({ version, folder }) => `TensorFlow ${version}: ${folder}`,
  );
}

async function linkOnnxruntimeCuda({ json, remove }: LinkArguments) {
  const workflow = await import('../../workflows/link-onnxruntime-cuda.js');
  if (remove) return unlink(json, workflow.unlinkOnnxruntimeCuda);
  await runCommand(
    { json },
    ({ reporter }) => workflow.linkOnnxruntimeCuda((line) => reporter.line(line)),
    ({ version, folder, lacks }) => `onnxruntime ${version} with CUDA: ${folder}${lacks && `\n${lacks}`}`,
  );
}

const unlink = async (json: boolean, remove: () => Promise<boolean>): Promise<void> => {
  await runCommand({ json }, remove, (done) => (done ? 'the link is gone' : 'there was no link'));
};

interface LinkArguments {
  json: boolean;
  library: 'tensorflow' | 'onnxruntime-cuda';
  remove: boolean;
  gpu?: boolean;
  version?: string;
}
