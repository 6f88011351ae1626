import type { CommandModule } from 'yargs';
import { defaultCacheFolder } from '../../workflows/choices.js';
import { percent, runScoreText } from '../../workflows/reporter.js';
import { runCommand } from '../run-command.js';
import { withBackend } from './options.js';
import { parityText } from './parity-text.js';

export const demo: CommandModule<{ json: boolean }> = {
  command: 'demo',
  describe: 'the whole loop on synthetic speech: features, training, .onnx, parity (a minute or two)',
  builder: (yargs) =>
    withBackend(yargs)
      .option('o', { alias: 'output', type: 'string', default: 'demo', describe: 'folder for demo.onnx and the run' })
      .example('serkit demo', 'trains, exports and compares; leaves demo/demo.onnx'),
  handler: async (args) => {
    const { json, backend, o } = args as unknown as { json: boolean; backend: 'auto'; o: string };
    const { demo } = await import('../../workflows/demo.js');
    const result = await runCommand(
      { json },
      (context) => demo({ folder: o, cache: defaultCacheFolder(), backend, ...context }),
      ({ scores, chance, parity, file }) =>
        [
          '',
          `On speakers it never heard: ${runScoreText(scores)} (chance: ${percent(chance)}), ` +
            `after ${scores.epochs} epochs in ${(scores.trainingMinutes * 60).toFixed(0)} s`,
          '',
          parityText(parity),
          '',
          `The model is in ${file}. Try: npm run serkit -- predict ${file} YOUR.wav`,
        ].join('\n'),
    );
    if (!result.parity.passed) process.exitCode = 1;
  },
};
