import type { CommandModule } from 'yargs';
import { choices } from '../../workflows/choices.js';
import type { Experiment, Preset } from '../../workflows/experiment.js';
import { percent, runScoreText } from '../../workflows/reporter.js';
import type { RunScores, TrainRunOptions } from '../../workflows/train-run.js';
import { runCommand, UsageError } from '../run-command.js';
import { confusionText } from './evaluate.js';
import { withData } from './options.js';

const defaultPreset = 'paper-16k';

export const train: CommandModule<{ json: boolean }> = {
  command: 'train',
  describe: 'train a model by a protocol; leaves a run folder, and goes on with one that was stopped',
  builder: async (yargs) => {
    const { models } = await import('../../workflows/model-choices.js');
    return withData(yargs, false)
      .option('model', {
        type: 'string',
        describe: models.map(({ name, purpose }) => `${name}: ${purpose}`).join('; '),
      })
      .option('preset', {
        type: 'string',
        describe: `one of ${choices.presets.join(', ')}, or a .json file (default: ${defaultPreset}, or that of --from)`,
      })
      .option('protocol', { choices: choices.protocols, describe: "paper is the report's, and leaks" })
      .option('fold', { type: 'number', describe: 'which fold is tested' })
      .option('seed', { type: 'number', describe: 'decides weights, order, masks and noise' })
      .option('epochs', { type: 'number', describe: 'at most' })
      .option('minutes', { type: 'number', describe: 'as many epochs as so many minutes of training hold' })
      .option('backend', { choices: choices.backends, describe: 'what trains (default: auto)' })
      .option('deterministic', { type: 'boolean', describe: 'the same bits run after run on tensorflow too; slower' })
      .option('o', {
        alias: 'output',
        type: 'string',
        describe: 'the run folder (default: runs/MODEL-PROTOCOL-foldN-seedN)',
      })
      .option('resume', { type: 'boolean', describe: 'go on with the run in -o where it stopped' })
      .option('from', { type: 'string', describe: "begin with that run's model, on this data (--set freeze=…)" })
      .option('encoder', {
        type: 'string',
        describe: 'the run of the autoencoder whose encoder a hybrid holds, frozen',
      })
      .option('unlabelled', {
        type: 'string',
        array: true,
        describe: 'DATA that an autoencoder learns from besides: any speech, a folder of clips too',
      })
      .option('set', { type: 'string', array: true, default: [], describe: 'KEY=VALUE, such as learningRate=0.0005' })
      .conflicts('resume', ['from', 'encoder', 'unlabelled'])
      .conflicts('encoder', 'from')
      .example(
        'serkit train --data ravdess:DIR --fold 0 --minutes 20 -o RUN',
        'the 2D CNN, tested on speakers it never heard',
      )
      .example('serkit train --resume -o RUN', 'goes on where it stopped, by Ctrl-C or a power cut')
      .example(
        'serkit train --data ravdess:DIR --model cnn-autoencoder --encoder AUTOENCODER_RUN',
        'the CNN beside an encoder that was trained before (--model autoencoder-fc)',
      )
      .example(
        'serkit train --from RUN --data OWN --set freeze=all-but-head learningRate=0.0003',
        'fine-tunes RUN on a labelled folder',
      );
  },
  handler: async (args) => {
    const options = args as unknown as TrainArguments;
    if (!options.resume && options.data === undefined) throw new UsageError('Missing required argument: data');
    if (options.resume && options.o === undefined) throw new UsageError('--resume: which run? -o RUN names it');
    await runCommand(
      options,
      (context) => (options.resume ? resume(options, context) : begin(options, context)),
      ({ run, ...scores }) => {
        const { epochs, keptEpoch, trainingMinutes, test, calibration } = scores;
        return [
          '',
          ...('confusion' in test ? [confusionText(test.confusion), ''] : []),
          `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'} in ${trainingMinutes.toFixed(1)} minutes; kept epoch ${keptEpoch}`,
          `${test.examples} test examples: ${runScoreText(scores)}`,
          ...('uar' in test ? calibrationText(calibration) : []),
          `the run is in ${run}`,
        ].join('\n');
      },
    );
  },
};

function calibrationText(calibration: RunScores['calibration']): string[] {
  if (!calibration) return ['probabilities not calibrated: no speakers are kept for it under this protocol'];
  const { temperature, reason, speakers, clips, eceBefore, eceAfter, unsureBelow } = calibration;
  const on = `${clips} clips${speakers === undefined ? '' : ` of ${speakers} validation speakers`}`;
  return [
    reason
      ? `probabilities not calibrated: ${reason}`
      : `temperature ${temperature.toFixed(3)}: expected calibration error ${percent(eceBefore)} → ${percent(eceAfter)} on ${on}`,
    `answers below ${percent(unsureBelow)} are called unsure`,
  ];
}

async function begin(options: TrainArguments, context: Context) {
  const { trainRun } = await import('../../workflows/train-run.js');
  const { modelOf } = await import('../../workflows/experiment.js');
  const source = options.from === undefined ? undefined : await modelOf(options.from);
  const preset = options.preset ?? source?.preset ?? defaultPreset;
  const experiment = await experimentFor(preset, { ...source?.wishes, ...wishesOf(options) }, options.set);
  const { model: name, protocol, fold, seed } = experiment;
  const folder = options.o ?? `runs/${name}-${protocol}-fold${fold}-seed${seed}`;
  const { data, backend = 'auto' } = options;
  return {
    run: folder,
    ...(await trainRun({ ...options, data: data!, preset, backend, experiment, folder, ...context })),
  };
}

async function resume(options: TrainArguments, context: Context) {
  const { resumeRun } = await import('../../workflows/resume-run.js');
  const { experimentOf } = await import('../../workflows/experiment.js');
  const folder = options.o!;
  const was = await experimentOf(folder);
  if (options.preset !== undefined && options.preset !== was.preset)
    throw new RangeError(`preset: is ${was.preset} in ${folder}, not ${options.preset}; it can't be changed`);
  const experiment = await experimentFor(was.experiment, wishesOf(options), options.set);
  return { run: folder, ...(await resumeRun({ ...options, experiment, folder, ...context })) };
}

async function experimentFor(base: string | Preset, wishes: Preset, settings: readonly string[]): Promise<Experiment> {
  const { resolveExperiment } = await import('../../workflows/experiment.js');
  try {
    return resolveExperiment(base, wishes, settings);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** What the command line says itself; what it leaves out is undefined. */
function wishesOf({ model, protocol, fold, seed, epochs, minutes, deterministic }: TrainArguments): Preset {
  const wishes = { model, protocol, fold, seed, epochs, minutes, deterministic };
  return Object.fromEntries(Object.entries(wishes).filter(([, value]) => value !== undefined));
}

type Context = Pick<TrainRunOptions, 'reporter' | 'signal'>;

type TrainArguments = Omit<TrainRunOptions, 'experiment' | 'data' | 'preset' | 'folder' | 'backend'> &
  Pick<Preset, 'model' | 'protocol' | 'fold' | 'seed' | 'epochs' | 'minutes' | 'deterministic'> & {
    json: boolean;
    data?: string;
    preset?: string;
    backend?: TrainRunOptions['backend'];
    set: string[];
    resume?: boolean;
    o?: string;
  };
