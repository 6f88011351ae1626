import type { CommandModule } from 'yargs';
import { type ExportInput, exportInputs } from '../../workflows/export-options.js';
import { runCommand } from '../run-command.js';

export const exportCommand: CommandModule<{ json: boolean }> = {
  command: 'export <run>',
  describe: 'write a finished run as one self-describing .onnx file',
  builder: (yargs) =>
    yargs
      .positional('run', { type: 'string', demandOption: true, describe: 'a run folder' })
      .option('o', { alias: 'output', type: 'string', demandOption: true, describe: 'the .onnx file' })
      .option('input', {
        choices: exportInputs,
        default: 'features' as const,
        describe: 'what the file takes: normalised features, or samples at its rate (batch, samples)',
      })
      .example('serkit export runs/cnn -o cnn.onnx', 'labels, feature spec, normalisation and scores are in the file')
      .example(
        'serkit export runs/cnn -o cnn.onnx --input waveform',
        'samples in, probabilities out: nothing of serkit is needed to run it',
      ),
  handler: async (args) => {
    const { json, run, o, input } = args as unknown as { json: boolean; run: string; o: string; input: ExportInput };
    const { exportRun } = await import('../../workflows/export-run.js');
    await runCommand(
      { json },
      () => exportRun(run, o, { input }),
      ({ output, bytes }) => `${output}: ${(bytes / 1e6).toFixed(2)} MB`,
    );
  },
};
