import type { CommandModule } from 'yargs';
import { choices } from '../../workflows/choices.js';
import type { Preset } from '../../workflows/experiment.js';
import { scoreText } from '../../workflows/reporter.js';
import type { TrainRunOptions } from '../../workflows/train-run.js';
import { runCommand, UsageError } from '../run-command.js';
import { confusionText } from './evaluate.js';
import { withBackend, withData } from './options.js';

export const train: CommandModule<{ json: boolean }> = {
  command: 'train',
  describe: 'train a model by a protocol; leaves a run folder',
  builder: async (yargs) => {
    const { models } = await import('../../workflows/model-choices.js');
    return withBackend(withData(yargs))
      .option('model', {
        type: 'string',
        default: 'cnn',
        describe: models.map(({ name, purpose }) => `${name}: ${purpose}`).join('; '),
      })
      .option('preset', { type: 'string', default: 'paper-16k', describe: `one of ${choices.presets.join(', ')}` })
      .option('protocol', { choices: choices.protocols, describe: "paper is the report's, and leaks" })
      .option('fold', { type: 'number', describe: 'which fold is tested' })
      .option('seed', { type: 'number', describe: 'decides weights, order, masks and noise' })
      .option('epochs', { type: 'number', describe: 'at most' })
      .option('minutes', { type: 'number', describe: 'as many epochs as so many minutes of training hold' })
      .option('o', {
        alias: 'output',
        type: 'string',
        describe: 'the run folder (default: runs/MODEL-PROTOCOL-foldN-seedN)',
      })
      .option('set', { type: 'string', array: true, default: [], describe: 'KEY=VALUE, such as learningRate=0.0005' })
      .example(
        'serkit train --data ravdess:DIR --fold 0 --minutes 20',
        'the 2D CNN, tested on speakers it never heard',
      );
  },
  handler: async (args) => {
    const { trainRun } = await import('../../workflows/train-run.js');
    const { resolveExperiment } = await import('../../workflows/experiment.js');
    const options = args as unknown as TrainArguments;
    const { model, protocol, fold, seed, epochs, minutes, preset, set } = options;
    const experiment = (() => {
      try {
        return resolveExperiment(preset, { model, protocol, fold, seed, epochs, minutes }, set);
      } catch (error) {
        throw new UsageError((error as Error).message);
      }
    })();
    const { model: name, protocol: by, fold: n, seed: s } = experiment;
    const folder = options.o ?? `runs/${name}-${by}-fold${n}-seed${s}`;
    await runCommand(
      options,
      async (context) => ({
        run: folder,
        ...(await trainRun({ ...options, experiment, folder, ...context })),
      }),
      ({ run, epochs, keptEpoch, trainingMinutes, leaks, test }) =>
        [
          '',
          confusionText(test.confusion),
          '',
          `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'} in ${trainingMinutes.toFixed(1)} minutes; kept epoch ${keptEpoch}`,
          `${test.examples} test examples: ${scoreText(test, leaks)}`,
          `the run is in ${run}`,
        ].join('\n'),
    );
  },
};

type TrainArguments = Omit<TrainRunOptions, 'experiment'> &
  Pick<Preset, 'model' | 'protocol' | 'fold' | 'seed' | 'epochs' | 'minutes'> & {
    json: boolean;
    set: string[];
    o?: string;
  };
