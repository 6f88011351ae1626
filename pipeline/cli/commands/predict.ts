import type { CommandModule } from 'yargs';
import { percent } from '../../workflows/reporter.js';
import { runCommand } from '../run-command.js';
import { withProvider } from './options.js';

export const predict: CommandModule<{ json: boolean }> = {
  command: 'predict <model> <files..>',
  describe: 'label recordings (WAV, FLAC, MP3, Ogg) with an .onnx file',
  builder: (yargs) =>
    withProvider(yargs)
      .positional('model', { type: 'string', demandOption: true, describe: 'MODEL.onnx' })
      .positional('files', { type: 'string', array: true, demandOption: true, describe: 'recordings' })
      .example('serkit predict demo/demo.onnx hello.wav', 'the label and the probability of each'),
  handler: async (args) => {
    const { json, model, files, provider } = args as unknown as PredictArguments;
    const workflow = await import('../../workflows/predict.js');
    await runCommand(
      { json },
      async () => ({ predictions: await workflow.predict(model, files, provider) }),
      ({ predictions }) =>
        predictions
          .map(({ file, label, probabilities, warnings }) => {
            const ranked = Object.entries(probabilities).sort(([, a], [, b]) => b - a);
            const shown = ranked.map(([name, p]) => `${name} ${percent(p)}`).join(', ');
            return [`${file}: ${label} (${shown})`, ...warnings.map((warning) => `  warning: ${warning}`)].join('\n');
          })
          .join('\n'),
    );
  },
};

interface PredictArguments {
  json: boolean;
  model: string;
  files: string[];
  provider: 'auto';
}
