import type { CommandModule } from 'yargs';
import { runCommand } from '../run-command.js';

export const exportCommand: CommandModule<{ json: boolean }> = {
  command: 'export <run>',
  describe: 'write a finished run as one self-describing .onnx file',
  builder: (yargs) =>
    yargs
      .positional('run', { type: 'string', demandOption: true, describe: 'a run folder' })
      .option('o', { alias: 'output', type: 'string', demandOption: true, describe: 'the .onnx file' })
      .example('serkit export runs/cnn -o cnn.onnx', 'labels, feature spec, normalisation and scores are in the file'),
  handler: async (args) => {
    const { json, run, o } = args as unknown as { json: boolean; run: string; o: string };
    const { exportRun } = await import('../../workflows/export-run.js');
    await runCommand(
      { json },
      () => exportRun(run, o),
      ({ output, bytes }) => `${output}: ${(bytes / 1e6).toFixed(2)} MB`,
    );
  },
};
