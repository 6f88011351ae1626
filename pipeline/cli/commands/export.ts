import type { CommandModule } from 'yargs';
import { choices } from '../../workflows/choices.js';
import type { ExportedFolder } from '../../workflows/export-layout.js';
import type { ExportedModel } from '../../workflows/export-model.js';
import { type ExportInput, type ExportLayout, exportInputs, exportLayouts } from '../../workflows/export-options.js';
import type { ExportedRun } from '../../workflows/export-run.js';
import { percent } from '../../workflows/reporter.js';
import { runCommand, UsageError } from '../run-command.js';
import { table } from '../table.js';
import { withData } from './options.js';

export const exportCommand: CommandModule<{ json: boolean }> = {
  command: 'export <model>',
  describe: 'write a finished run, or any TensorFlow.js model, as one .onnx file',
  builder: (yargs) =>
    withData(yargs, false)
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
      .option('opset', { choices: choices.opsets, default: 17 as const, describe: 'version of the operator set' })
      .option('precision', { choices: choices.precisions, default: 'fp32' as const, describe: 'how the file computes' })
      .option('external-data', {
        type: 'boolean',
        default: false,
        describe: 'of a model.json: weights in a second file beside the first, as they are above 2 GB anyway',
      })
      .option('calibrate', {
        type: 'string',
        describe: `for int8 of a run: DATA whose clips tell the ranges of values`,
      })
      .example('serkit export runs/cnn -o cnn.onnx', 'labels, feature spec, normalisation and scores are in the file')
      .example(
        'serkit export runs/cnn -o cnn.onnx --input waveform',
        'samples in, probabilities out: nothing of serkit is needed to run it',
      )
      .example(
        'serkit export runs/cnn -o cnn.onnx --precision fp16 --data ravdess:DIR',
        'half the bytes, and what that changes on the test clips',
      )
      .example('serkit export runs/cnn -o models/emotions --layout transformers', 'for transformers.js')
      .example('serkit export model.json -o model.onnx', 'any model of TensorFlow.js, with its weights beside it'),
  handler: async (args) => {
    const { json, model, o, input, layout, opset, precision } = args as unknown as ExportArguments;
    const { data, calibrate, cache, skipBad, externalData } = args as unknown as ExportArguments;
    const { assertNoInput, exportModel, isRun } = await import('../../workflows/export-model.js');
    const ofRun = layout === 'file' && (await isRun(model));
    const given = data !== undefined ? '--data' : calibrate !== undefined ? '--calibrate' : undefined;
    if (given && layout !== 'file') throw new UsageError(`${given} is for one file, not for the layout ${layout}`);
    if (given && !ofRun) throw new UsageError(`${given} is for runs: ${model} does not say what it hears`);
    if (externalData && (ofRun || layout !== 'file'))
      throw new UsageError('--external-data is for a model.json: what of a run is written is small');
    if (layout !== 'file') {
      const { exportLayout } = await import('../../workflows/export-layout.js');
      await runCommand({ json }, () => exportLayout(model, o, { input, layout, opset, precision }), folderText);
    } else if (ofRun) {
      const { exportRun } = await import('../../workflows/export-run.js');
      await runCommand(
        { json },
        (context) =>
          exportRun(model, o, { input, opset, precision, measure: { ...context, data, calibrate, cache, skipBad } }),
        runText,
      );
    } else {
      const work = async () => {
        assertNoInput(model, input);
        return exportModel(model, o, { opset, precision, externalData });
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
  opset: number;
  precision: ExportedRun['precision'];
  data?: string;
  calibrate?: string;
  cache: string;
  skipBad: boolean;
  externalData: boolean;
}

function runText({ output, bytes, precision, change }: ExportedRun): string {
  const file = `${sizeText({ output, bytes })}${precision === 'fp32' ? '' : `, ${precision}`}`;
  if (precision === 'fp32') return file;
  if (!change) return `${file}\nwhat that changes was not measured: give --data`;
  const { before, after, examples, leaks, otherLabels, largestDifference } = change;
  const row = (name: string, { accuracy, uar, bytes: size, milliseconds }: typeof before) => [
    ...[name, percent(accuracy), percent(uar), `${(size / 1e6).toFixed(2)} MB`, milliseconds.toFixed(2)],
  ];
  return [
    file,
    table([['', 'accuracy', 'UAR', 'size', 'ms a clip'], row('fp32', before), row(precision, after)]),
    `on ${examples} test clips${leaks ? ' (leaks: copies of them were trained on)' : ''}: ` +
      `${percent(otherLabels)} have another label, largest |Δp| ${largestDifference.toPrecision(2)}`,
  ].join('\n');
}

const sizeText = ({ output, bytes }: { output: string; bytes: number }): string =>
  `${output}: ${(bytes / 1e6).toFixed(2)} MB`;

const folderText = (folder: ExportedFolder): string =>
  [sizeText(folder), ...folder.files.map((file) => `  ${file}`)].join('\n');

function modelText({ output, data, bytes, nodes, opset, seconds, inputs, outputs }: ExportedModel): string {
  const rows = (label: string, ports: ExportedModel['inputs']) =>
    ports.map(({ name, type, shape }) => `${label} ${name}: ${type} (${shape.join(', ')})`);
  return [
    `${sizeText({ output: data ? `${output}, its weights in ${data}` : output, bytes })}, ${nodes} nodes, opset ${opset}, converted in ${seconds.toFixed(2)} s`,
    ...rows('input', inputs),
    ...rows('output', outputs),
  ].join('\n');
}
