import type { CommandModule } from 'yargs';
import { choices } from '../../workflows/choices.js';
import { runCommand } from '../run-command.js';

export const link: CommandModule<{ json: boolean }> = {
  command: 'link <library>',
  describe: 'link the native libraries that npm does not bring, out of the wheels that pip ships',
  builder: (yargs) =>
    yargs
      .positional('library', { choices: ['tensorflow'] as const, demandOption: true })
      .option('gpu', { type: 'boolean', default: false, describe: 'the build with CUDA 12 (3 GB)' })
      .version(false) // or it would print this package's
      .option('version', { type: 'string', default: choices.tensorflow, describe: "TensorFlow's version" })
      .option('remove', { type: 'boolean', default: false, describe: 'undo the link' })
      .example('serkit link tensorflow', 'needs python3 with pip, and g++; about half a minute')
      .example('serkit link tensorflow --version 2.21.0', 'another TensorFlow'),
  handler: async (args) => {
    const { json, gpu, remove, version } = args as unknown as LinkArguments;
    const workflow = await import('../../workflows/link-tensorflow.js');
    if (remove)
      await runCommand({ json }, workflow.unlinkTensorflow, (done) =>
        done ? 'the link is gone' : 'there was no link',
      );
    else
      await runCommand(
        { json },
        ({ reporter }) => workflow.linkTensorflow({ version, gpu, onStep: (line) => reporter.line(line) }),
        ({ version, folder }) => `TensorFlow ${version}: ${folder}`,
      );
  },
};

interface LinkArguments {
  json: boolean;
  gpu: boolean;
  remove: boolean;
  version: string;
}
