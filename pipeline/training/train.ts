import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { BatchSource } from './batches/batch-source.js';
import type { Checkpoint } from './checkpoint.js';
import type { ExampleSet } from './dataset.js';
import { Learner, type LearnerOptions } from './learner.js';
import { type EpochMetrics, noProgress, noSums, type Progress } from './progress.js';
import type { ScheduleOptions } from './schedule.js';
import { currentRate, lastGood, naming, resume, save, type Training } from './training.js';

export interface TrainingOptions extends LearnerOptions, ScheduleOptions {
  /** Epochs, at most. */
  epochs: number;
  /** Minutes of training after which no further epoch is begun; unlimited where undefined. */
  maxMinutes?: number;
  /** Epochs without a better watched figure after which training ends; unlimited where undefined. */
  patience?: number;
  /** Which epoch's weights are kept: the best watched one (default), or the last. */
  keep?: 'best' | 'last';
  /** Where a checkpoint is written after each epoch, and when `signal` asks for the end; nowhere where undefined. */
  checkpointFolder?: string;
  /** Where a former training of the same model, batches and options stopped. */
  resume?: Checkpoint;
  signal?: AbortSignal;
  onStep?: (progress: StepProgress) => void;
  /**
   * Called after each epoch, with the model as it was watched: with averaged weights where they are averaged. `kept`
   * says whether its weights are the ones to keep so far. Awaited; the checkpoint follows.
   */
  onEpoch?: (metrics: EpochMetrics, kept: boolean) => Promise<void> | void;
}

export interface StepProgress {
  epoch: number; // 1…
  step: number; // 1…steps
  steps: number;
  loss: number;
}

export interface TrainingResult {
  history: EpochMetrics[];
  /** The epoch whose weights the model has now. */
  keptEpoch: number;
  /** What ended it. */
  endedBy: End;
}

export type End = 'epochs' | 'patience' | 'minutes';

/**
 * Trains a model with AdamW, on categorical cross-entropy or as an autoencoder, and leaves the weights of the kept epoch in it. Batches, masks
 * and updates depend on the seed and their place alone: on one backend the same seed gives the same run, and a run that
 * was stopped and resumed ends as one that never was.
 *
 * @throws Error where the loss, the gradient or a weight stops being a finite number, a checkpoint can't be written, or
 * tensors leak; DOMException `AbortError` where `signal` asks for the end
 */
export async function train(
  model: LayersModel,
  source: BatchSource,
  watched: ExampleSet,
  options: TrainingOptions,
): Promise<TrainingResult> {
  const learner = new Learner(model, options);
  const training: Training = { learner, source, watched, options, progress: noProgress() };
  try {
    if (options.resume) resume(training, options.resume);
    let tensors: number | undefined;
    let endedBy: End | undefined;
    for (;;) {
      endedBy = endOf(training.progress, options);
      if (endedBy) break;
      await runSteps(training);
      const memory = await endEpoch(training);
      tensors ??= memory.tensors;
      if (memory.tensors > tensors)
        throw new Error(
          `tensors leak: ${memory.tensors} after epoch ${training.progress.epochs}, ${tensors} before; ${lastGood(training)}`,
        );
      options.signal?.throwIfAborted();
    }
    const { history, kept } = training.progress;
    learner.setWeights(training.kept!);
    return { history, keptEpoch: kept.epoch, endedBy };
  } finally {
    learner.dispose();
  }
}

/** What ends training here, if anything does: an epoch that was begun is ended, and none begun that could not be in time. */
function endOf({ epochs, steps, history, kept }: Progress, options: TrainingOptions): End | undefined {
  if (steps > 0 || epochs === 0) return undefined;
  if (epochs >= options.epochs) return 'epochs';
  if (options.patience !== undefined && epochs - kept.epoch >= options.patience) return 'patience';
  const seconds = history.reduce((sum, epoch) => sum + epoch.seconds, 0) + history[epochs - 1].seconds;
  if (options.maxMinutes !== undefined && seconds / 60 > options.maxMinutes) return 'minutes';
  return undefined;
}

/** The steps of the next epoch, or those that are left of it. */
async function runSteps(training: Training): Promise<void> {
  const { learner, source, options, progress } = training;
  const epoch = progress.epochs + 1;
  const { steps } = source;
  let step = progress.steps;
  let then = performance.now();
  let waitedThen = source.waitedSeconds();
  for await (const batch of source.epoch(epoch, step + 1)) {
    step++;
    if (options.signal?.aborted) {
      await save(training);
      options.signal.throwIfAborted();
    }
    const figures = await learner.step(batch, currentRate(training), progress.epochs * steps + step);
    for (const [name, value] of [
      ['loss', figures.loss],
      ['gradient', figures.gradientNorm],
    ] as const)
      if (!Number.isFinite(value))
        throw new Error(
          `the ${name} became ${value} in epoch ${epoch}, batch ${step}; ${lastGood(training)}; try a lower learningRate`,
        );
    const [now, waitedNow] = [performance.now(), source.waitedSeconds()];
    progress.steps = step;
    progress.sums.loss += figures.loss;
    progress.sums.accuracy += figures.accuracy ?? 0;
    progress.sums.gradientNorm += figures.gradientNorm;
    progress.sums.seconds += (now - then) / 1000;
    progress.sums.waitedSeconds += waitedNow - waitedThen;
    [then, waitedThen] = [now, waitedNow];
    options.onStep?.({ epoch, step, steps, loss: figures.loss });
    await new Promise(setImmediate); // lets signals, timers and progress bars have their turn
  }
}

/** Watches, notes the epoch's figures, and saves. */
async function endEpoch(training: Training): Promise<EpochMetrics['memory']> {
  const { learner, watched, options, progress } = training;
  const started = performance.now();
  const epoch = progress.epochs + 1;
  const learningRate = currentRate(training, -1);
  if (!(await learner.hasFiniteWeights()))
    throw new Error(
      `the weights became NaN or infinite in epoch ${epoch}; ${lastGood(training)}; try a lower learningRate`,
    );
  const { steps, sums } = progress;
  const memory = await learner.withAveragedWeights(async () => {
    const figures = await learner.objective.ofExamples(learner.model, watched);
    const { heapUsed, rss } = process.memoryUsage();
    const metrics = {
      epoch,
      loss: sums.loss / steps,
      accuracy: figures.accuracy === undefined ? undefined : sums.accuracy / steps,
      watched: figures,
      learningRate,
      gradientNorm: sums.gradientNorm / steps,
      seconds: sums.seconds + (performance.now() - started) / 1000,
      waitedSeconds: sums.waitedSeconds,
      memory: { tensors: tf.memory().numTensors, heapBytes: heapUsed, rssBytes: rss },
    };
    const merit = learner.objective.merit(figures);
    const kept = options.keep === 'last' || progress.kept.epoch === 0 || merit > progress.kept.merit;
    if (kept) {
      progress.kept = { epoch, merit };
      training.kept = await learner.weights();
    }
    progress.epochs = epoch;
    progress.steps = 0;
    progress.sums = noSums();
    progress.history.push(metrics);
    await naming(training, async () => options.onEpoch?.(metrics, kept));
    return metrics.memory;
  });
  await save(training);
  return memory;
}
