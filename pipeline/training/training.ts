import type { BatchSource } from './batches/batch-source.js';
import { type Checkpoint, writeCheckpoint } from './checkpoint.js';
import type { ExampleSet } from './dataset.js';
import type { Learner } from './learner.js';
import type { Progress } from './progress.js';
import { learningRateAt } from './schedule.js';
import type { TrainingOptions } from './train.js';

/** A training under way. */
export interface Training {
  learner: Learner;
  source: BatchSource;
  watched: ExampleSet;
  options: TrainingOptions;
  progress: Progress;
  kept?: Float32Array;
  /** The newest checkpoint, for messages. */
  saved?: Pick<Progress, 'epochs' | 'steps'>;
}

/** Puts a training where a checkpoint was written. @throws Error where it is of another model or other data */
export function resume(training: Training, { progress, learner, kept, setting }: Checkpoint): void {
  const own = settingOf(training);
  if (setting.steps !== own.steps || setting.weights !== own.weights)
    throw new Error(
      `the checkpoint is of ${setting.weights} weights and ${setting.steps} steps an epoch, ` +
        `not of ${own.weights} and ${own.steps}: the model or the data are not those of its run`,
    );
  training.learner.restore(learner);
  training.progress = structuredClone(progress);
  training.kept = kept;
  training.saved = { epochs: progress.epochs, steps: progress.steps };
}

/** The learning rate of the next update, or of one that was made. */
export function currentRate({ source, options, progress }: Training, offset = 0): number {
  return learningRateAt(options, {
    update: progress.epochs * source.steps + progress.steps + offset,
    updates: options.epochs * source.steps,
    watchedLosses: progress.history.map(({ watched }) => watched.loss),
  });
}

/** Writes a checkpoint, where one is wanted. */
export async function save(training: Training): Promise<void> {
  const { learner, options, progress, kept } = training;
  if (options.checkpointFolder === undefined) return;
  const checkpoint = { progress, learner: await learner.state(), kept, setting: settingOf(training) };
  await naming(training, () => writeCheckpoint(options.checkpointFolder!, checkpoint));
  training.saved = { epochs: progress.epochs, steps: progress.steps };
}

const settingOf = ({ source, learner }: Training): Checkpoint['setting'] => ({
  steps: source.steps,
  weights: learner.size,
});

/** What can't be written, a full disk first of all, ends the training: with a message that says where it can go on. */
export async function naming(training: Training, work: () => Promise<void> | void): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new Error(`${(error as Error).message}; ${lastGood(training)}`);
  }
}

/** Where a training that failed can go on, for its error. */
export function lastGood({ saved, options: { checkpointFolder } }: Training): string {
  if (!saved) return 'there is no checkpoint yet';
  return `the last good checkpoint is epoch ${saved.epochs}${saved.steps > 0 ? `, step ${saved.steps} of the next,` : ''} in ${checkpointFolder}`;
}
