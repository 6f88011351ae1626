import type { CommandModule } from 'yargs';
import type { ExportedModel } from '../../workflows/export-model.js';
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
      .option('o', { alias: 'output', type: 'string', demandOption: true, describe: 'the .onnx file' })
      .example('serkit export runs/cnn -o cnn.onnx', 'labels, feature spec, normalisation and scores are in the file')
      .example('serkit export model.json -o model.onnx', 'any model of TensorFlow.js, with its weights beside it'),
  handler: async (args) => {
    const { json, model, o } = args as unknown as { json: boolean; model: string; o: string };
    const { exportModel, isRun } = await import('../../workflows/export-model.js');
    if (await isRun(model)) {
      const { exportRun } = await import('../../workflows/export-run.js');
      await runCommand(
        { json },
        () => exportRun(model, o),
        ({ output, bytes }) => `${output}: ${(bytes / 1e6).toFixed(2)} MB`,
      );
    } else await runCommand({ json }, () => exportModel(model, o), modelText);
  },
};

function modelText({ output, bytes, nodes, opset, seconds, inputs, outputs }: ExportedModel): string {
  const rows = (label: string, ports: ExportedModel['inputs']) =>
    ports.map(({ name, type, shape }) => `${label} ${name}: ${type} (${shape.join(', ')})`);
  return [
    `${output}: ${(bytes / 1e6).toFixed(2)} MB, ${nodes} nodes, opset ${opset}, converted in ${seconds.toFixed(2)} s`,
    ...rows('input', inputs),
    ...rows('output', outputs),
  ].join('\n');
}
