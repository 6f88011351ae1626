import { shuffler } from 'd3-array';
import seedrandom from 'seedrandom';
import type { ExampleSet } from '../dataset.js';
import type { Batch, BatchOptions } from './batch-source.js';
import { drawMixing, mixRows } from './mixup.js';

/** Where a batch stands in training. */
export interface Position {
  epoch: number; // 1…
  step: number; // 1…steps
}

/** @throws RangeError for no examples, or an option out of its range */
export function assertBatchOptions(examples: number, options: BatchOptions): void {
  const { batchSize, labelSmoothing = 0, mixup = 0, mixupShare = 1 } = options;
  const demand = (right: boolean, name: string, value: number, supported: string) => {
    if (!right) throw new RangeError(`${name} ${value} is not supported; supported: ${supported}`);
  };
  if (examples === 0) throw new RangeError('there are no examples to train on');
  demand(Number.isInteger(batchSize) && batchSize >= 1, 'batchSize', batchSize, 'a whole number from 1');
  demand(labelSmoothing >= 0 && labelSmoothing <= 1, 'labelSmoothing', labelSmoothing, '0 to 1');
  demand(mixup >= 0 && Number.isFinite(mixup), 'mixup', mixup, '0 and more');
  demand(mixupShare >= 0 && mixupShare <= 1, 'mixupShare', mixupShare, '0 to 1');
}

/** Batches in an epoch. */
export function countSteps(examples: number, batchSize: number): number {
  const leavesOne = examples > batchSize && examples % batchSize === 1;
  return Math.ceil(examples / batchSize) - (leavesOne ? 1 : 0);
}

/** Examples of each label, (labels). */
export function countLabels({ truth, labels }: Pick<ExampleSet, 'truth' | 'labels'>): number[] {
  const counts = labels.map(() => 0);
  for (const label of truth) counts[label]++;
  return counts;
}

/**
 * Which examples each batch of an epoch holds: all, shuffled anew each epoch by the seed. The last batch holds what is
 * left, unless that is a single example, which batch normalisation cannot learn from.
 *
 * @returns (steps)(examples of the batch)
 */
export function batchesOfEpoch(
  examples: number,
  epoch: number,
  { batchSize, seed }: Pick<BatchOptions, 'batchSize' | 'seed'>,
): number[][] {
  const order = shuffler(seedrandom.alea(`order/${seed}/${epoch}`))(Array.from({ length: examples }, (_, i) => i));
  return Array.from({ length: countSteps(examples, batchSize) }, (_, i) =>
    order.slice(i * batchSize, (i + 1) * batchSize),
  );
}

/**
 * Puts a batch together: features side by side, targets smoothed, both mixed. Everything random in it comes from the
 * seed and the position alone, so that a resumed run gets the batches that one never stopped would have had.
 */
export function makeBatch(
  data: ExampleSet,
  indices: readonly number[],
  position: Position,
  options: BatchOptions,
): Batch {
  const size = data.shape.reduce((a, b) => a * b, 1);
  const examples = indices.length;
  const features = new Float32Array(examples * size);
  for (const [row, index] of indices.entries()) features.set(data.features.at(index)!, row * size);
  const truth = indices.map((index) => data.truth[index]);
  const targets = smoothedTargets(truth, data.labels.length, options.labelSmoothing ?? 0);
  const mixing = drawMixing(examples, position, options);
  if (!mixing) return { examples, features, targets };
  return { examples, features: mixRows(features, mixing), targets: mixRows(targets, mixing) };
}

/**
 * (1 − ε) · one-hot + ε / labels (Szegedy et al. 2016), as Keras and PyTorch do.
 *
 * @param truth index of each example's label
 * @param smoothing ε, 0…1
 * @returns (examples, labels)
 */
export function smoothedTargets(truth: readonly number[], labels: number, smoothing: number): Float32Array {
  const targets = new Float32Array(truth.length * labels).fill(smoothing / labels);
  for (const [row, label] of truth.entries()) targets[row * labels + label] = 1 - smoothing + smoothing / labels;
  return targets;
}
