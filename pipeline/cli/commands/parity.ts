import type { CommandModule } from 'yargs';
import { choices } from '../../workflows/choices.js';
import { exportInputs } from '../../workflows/export-options.js';
import type { ParityOptions, ParityResult } from '../../workflows/parity.js';
import { runCommand } from '../run-command.js';
import { withBackend, withData } from './options.js';
import { parityText } from './parity-text.js';

/** `cpu,webgpu` and `cpu webgpu`; undefined where nothing was said. */
const separated = (texts?: string[]) => texts?.flatMap((text) => text.split(','));

export const parity: CommandModule<{ json: boolean }> = {
  command: 'parity <model>',
  describe: 'are the predictions identical everywhere? a table, and exit code 1 if not',
  builder: (yargs) =>
    withBackend(withData(yargs))
      .positional('model', {
        type: 'string',
        demandOption: true,
        describe: 'RUN, held against TensorFlow.js, or MODEL.onnx, its providers against the CPU',
      })
      .option('file', { type: 'string', describe: 'the .onnx to compare a run with (default: fresh exports of it)' })
      .option('providers', {
        type: 'string',
        array: true,
        choices: choices.parityProviders,
        coerce: separated,
        describe:
          'what onnxruntime runs on (default: cpu; of a file all that are there); one that is named must be there',
      })
      .option('input', {
        type: 'string',
        array: true,
        choices: exportInputs,
        coerce: separated,
        describe: 'what the fresh exports take (default: features)',
      })
      .option('precision', {
        type: 'string',
        array: true,
        choices: choices.precisions,
        coerce: separated,
        describe: 'their precisions (default: fp32); what smaller ones change is told, not judged',
      })
      .option('all', {
        type: 'boolean',
        describe: 'every input, precision and provider; what is not there is skipped by name',
      })
      .conflicts('all', ['providers', 'input', 'precision'])
      .conflicts('file', ['input', 'precision'])
      .example('serkit parity runs/cnn --data ravdess:DIR', 'tfjs against onnxruntime on the test clips')
      .example('serkit parity runs/cnn --data ravdess:DIR --all', 'everything that this machine has')
      .example('serkit parity cnn.onnx --data DIR --providers webgpu', 'a file on the GPU and on the CPU'),
  handler: async (args) => {
    const { input, precision, ...rest } = args as unknown as ParityArguments;
    const options = { ...rest, inputs: input, precisions: precision };
    const workflow = await import('../../workflows/parity.js');
    const result = await runCommand<ParityResult>(
      options,
      (context) => workflow.parity({ ...options, ...context }),
      parityText,
    );
    if (!result.passed) process.exitCode = 1;
  },
};

interface ParityArguments extends Omit<ParityOptions, 'inputs' | 'precisions'> {
  json: boolean;
  input: ParityOptions['inputs'];
  precision: ParityOptions['precisions'];
}
