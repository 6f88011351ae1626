import type { CommandModule } from 'yargs';
import { type ExportInput, type ExportLayout, exportInputs, exportLayouts } from '../../workflows/export-options.js';
import { runCommand } from '../run-command.js';

export const exportCommand: CommandModule<{ json: boolean }> = {
  command: 'export <run>',
  describe: 'write a finished run as one self-describing .onnx file',
  builder: (yargs) =>
    yargs
      .positional('run', { type: 'string', demandOption: true, describe: 'a run folder' })
      .option('o', {
        alias: 'output',
        type: 'string',
        demandOption: true,
        describe: 'the .onnx file, or the folder of a layout',
      })
      .option('input', {
        choices: exportInputs,
        describe: 'what it takes: normalised features (default of a file), or samples at its rate (of a folder)',
      })
      .option('layout', {
        choices: exportLayouts,
        default: 'file' as const,
        describe:
          'one file, a folder that transformers.js loads, or a model of a Triton repository (its name: the folder)',
      })
      .example('serkit export runs/cnn -o cnn.onnx', 'labels, feature spec, normalisation and scores are in the file')
      .example(
        'serkit export runs/cnn -o cnn.onnx --input waveform',
        'samples in, probabilities out: nothing of serkit is needed to run it',
      )
      .example('serkit export runs/cnn -o models/emotions --layout transformers', 'for transformers.js'),
  handler: async (args) => {
    const { json, run, o, input, layout } = args as unknown as ExportArguments;
    await runCommand(
      { json },
      async (): Promise<Exported> => {
        if (layout === 'file') {
          const { exportRun } = await import('../../workflows/export-run.js');
          return exportRun(run, o, { input });
        }
        const { exportLayout } = await import('../../workflows/export-layout.js');
        return exportLayout(run, o, { input, layout });
      },
      ({ output, bytes, files }) =>
        [`${output}: ${(bytes / 1e6).toFixed(2)} MB`, ...(files ?? []).map((file) => `  ${file}`)].join('\n'),
    );
  },
};

interface ExportArguments {
  json: boolean;
  run: string;
  o: string;
  input?: ExportInput;
  layout: ExportLayout;
}

interface Exported {
  output: string;
  bytes: number;
  /** Of a folder. */
  files?: string[];
}
