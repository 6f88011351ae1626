import type { CommandModule } from 'yargs';
import type { ExportedFolder } from '../../workflows/export-layout.js';
import type { ExportedModel } from '../../workflows/export-model.js';
import { type ExportInput, type ExportLayout, exportInputs, exportLayouts } from '../../workflows/export-options.js';
import { runCommand } from '../run-command.js';

export const exportCommand: CommandModule<{ json: boolean }> = {
  command: 'export <model>',
  describe: 'write a finished run, or any TensorFlow.js model, as one .onnx file',
  builder: (yargs) =>
    yargs
      .positional('model', {
        type: 'string',
        demandOption: true,
        describe: 'a run folder, or a model.json (layers model or graph model) or its folder',
      })
      .option('o', {
        alias: 'output',
        type: 'string',
        demandOption: true,
        describe: 'the .onnx file, or the folder of a layout',
      })
      .option('input', {
        choices: exportInputs,
        describe: 'what a run takes: normalised features (default of a file), or samples at its rate (of a folder)',
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
      .example('serkit export runs/cnn -o models/emotions --layout transformers', 'for transformers.js')
      .example('serkit export model.json -o model.onnx', 'any model of TensorFlow.js, with its weights beside it'),
  handler: async (args) => {
    const { json, model, o, input, layout } = args as unknown as ExportArguments;
    const { assertNoInput, exportModel, isRun } = await import('../../workflows/export-model.js');
    if (layout !== 'file') {
      const { exportLayout } = await import('../../workflows/export-layout.js');
      await runCommand({ json }, () => exportLayout(model, o, { input, layout }), folderText);
    } else if (await isRun(model)) {
      const { exportRun } = await import('../../workflows/export-run.js');
      await runCommand({ json }, () => exportRun(model, o, { input }), sizeText);
    } else {
      const work = async () => {
        assertNoInput(model, input);
        return exportModel(model, o);
      };
      await runCommand({ json }, work, modelText);
    }
  },
};

interface ExportArguments {
  json: boolean;
  model: string;
  o: string;
  input?: ExportInput;
  layout: ExportLayout;
}

const sizeText = ({ output, bytes }: { output: string; bytes: number }): string =>
  `${output}: ${(bytes / 1e6).toFixed(2)} MB`;

const folderText = (folder: ExportedFolder): string =>
  [sizeText(folder), ...folder.files.map((file) => `  ${file}`)].join('\n');

function modelText({ output, bytes, nodes, opset, seconds, inputs, outputs }: ExportedModel): string {
  const rows = (label: string, ports: ExportedModel['inputs']) =>
    ports.map(({ name, type, shape }) => `${label} ${name}: ${type} (${shape.join(', ')})`);
  return [
    `${sizeText({ output, bytes })}, ${nodes} nodes, opset ${opset}, converted in ${seconds.toFixed(2)} s`,
    ...rows('input', inputs),
    ...rows('output', outputs),
  ].join('\n');
}
