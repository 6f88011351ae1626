import type { Dataset } from '../dataset.js';
import { assertBatchOptions, batchesOfEpoch, countLabels, countSteps, makeBatch } from './make-batch.js';

/** One training batch, ready for the step. */
export interface Batch {
  examples: number;
  features: Float32Array; // (examples, …shape), normalised, augmented
  targets: Float32Array; // (examples, labels): rows sum to 1; one-hot unless smoothed or mixed
}

/** Training batches, made ahead of the step. */
export interface BatchSource {
  /** Of one example, as the model takes it. */
  shape: readonly number[];
  labels: readonly string[];
  /** Batches in an epoch. */
  steps: number;
  /**
   * The batches of epoch 1…, in order: the same for the same seed and epoch, whatever was asked for before. Ending the
   * iteration early is allowed, and so is beginning at a later step than 1.
   */
  epoch(epoch: number, firstStep?: number): AsyncIterable<Batch>;
  /** Seconds that callers have waited for a batch so far. */
  waitedSeconds(): number;
  /** Examples of each label, (labels): for class weights. */
  counts: readonly number[];
  close(): Promise<void>;
}

export interface BatchOptions {
  batchSize: number;
  /** Decides order, mixing and augmentation: together with the epoch's number. */
  seed: number;
  /** 0…1: the share of each target spread evenly over all labels. Default 0. */
  labelSmoothing?: number;
  /** Beta(α, α) of mixup; 0 (default) mixes nothing. */
  mixup?: number;
  /** Share of the batches that are mixed. Default 1. */
  mixupShare?: number;
}

/**
 * Batches of a dataset in memory, made on this thread when asked for (tests, small corpora).
 *
 * @throws RangeError for no examples, or an option out of its range
 */
export function batchesInMemory(data: Dataset, options: BatchOptions): BatchSource {
  assertBatchOptions(data.truth.length, options);
  let waitedMs = 0;
  return {
    shape: data.shape,
    labels: data.labels,
    steps: countSteps(data.truth.length, options.batchSize),
    counts: countLabels(data),
    async *epoch(epoch, firstStep = 1) {
      const batches = batchesOfEpoch(data.truth.length, epoch, options);
      for (let step = firstStep; step <= batches.length; step++) {
        const asked = performance.now();
        const batch = makeBatch(data, batches[step - 1], { epoch, step }, options);
        waitedMs += performance.now() - asked;
        yield batch;
      }
    },
    waitedSeconds: () => waitedMs / 1000,
    close: async () => {},
  };
}
