import type { CommandModule } from 'yargs';
import { choices } from '../../workflows/choices.js';
import { runCommand } from '../run-command.js';

export const features: CommandModule<{ json: boolean }> = {
  command: 'features <data>',
  describe: "extract a corpus' features into a cache, once",
  builder: (yargs) =>
    yargs
      .positional('data', { type: 'string', demandOption: true, describe: choices.data })
      .option('o', {
        alias: 'output',
        type: 'string',
        demandOption: true,
        describe: 'the cache folder (train --cache)',
      })
      .option('preset', { choices: choices.features, default: 'paper-16k' as const, describe: 'feature preset' })
      .option('first-chunk-only', { type: 'boolean', default: true, describe: 'the one window that cnn sees' })
      .option('copies', { type: 'number', default: 2, describe: 'noisy copies of each clip to extract too' })
      .option('seed', { type: 'number', default: 1, describe: "the noise's seed" })
      .option('skip-bad', { type: 'boolean', default: false, describe: 'report files that cannot be used, and go on' })
      .example('serkit features ravdess:DIR -o cache', 'then: serkit train --data ravdess:DIR --cache cache'),
  handler: async (args) => {
    const workflow = await import('../../workflows/extract-features.js');
    const options = args as unknown as Parameters<typeof workflow.extractFeatures>[0] & { json: boolean; o: string };
    await runCommand(
      options,
      (context) => workflow.extractFeatures({ ...options, cache: options.o, ...context }),
      ({ examples, shape, cache }) => `${examples} examples of ${shape.join(' × ')} in ${cache}`,
    );
  },
};
