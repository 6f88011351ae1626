import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { shuffler } from 'd3-array';
import seedrandom from 'seedrandom';
import { type Dataset, featureTensor, labelTensor } from './dataset.js';
import { score } from './metrics.js';
import { predictDataset } from './predict.js';

export interface TrainingOptions {
  /** Epochs, at most. */
  epochs: number;
  /** Minutes of training after which no further epoch is begun; unlimited where undefined. */
  maxMinutes?: number;
  batchSize: number;
  /** Adam's. */
  learningRate: number;
  /** Decides the order of the examples in each epoch. */
  seed: number;
  signal?: AbortSignal;
  onStep?: (progress: StepProgress) => void;
  /** Called after each epoch, with the model as it then is; awaited. */
  onEpoch?: (metrics: EpochMetrics, model: LayersModel) => Promise<void> | void;
}

export interface StepProgress {
  epoch: number; // 1…
  step: number; // 1…steps
  steps: number;
  loss: number;
}

/** One line of a run's `metrics.jsonl`. Training figures are means over the epoch's steps, with dropout at work. */
export interface EpochMetrics {
  epoch: number; // 1…
  loss: number;
  accuracy: number;
  /** Of the examples that training is watched on. */
  watched: { loss: number; accuracy: number; uar: number };
  /** Seconds for the epoch's steps, and for watching. */
  seconds: number;
}

/**
 * Trains a model with Adam on categorical cross-entropy. The examples are shuffled anew each epoch by the seed, so that
 * on one backend the same seed gives the same run. The last batch of an epoch holds what is left, unless that is a
 * single example, which batch normalisation cannot learn from.
 *
 * @returns the metrics of each epoch
 * @throws Error where the loss or a weight stops being a finite number; DOMException `AbortError` where `signal` asks for the end
 */
export async function train(
  model: LayersModel,
  data: Dataset,
  watched: Dataset,
  options: TrainingOptions,
): Promise<EpochMetrics[]> {
  const { epochs, maxMinutes = Number.POSITIVE_INFINITY, batchSize, learningRate, seed, signal } = options;
  const optimizer = tf.train.adam(learningRate);
  model.compile({ optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  const started = performance.now();
  const history: EpochMetrics[] = [];
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const epochStarted = performance.now();
      const random = seedrandom.alea(`order/${seed}/${epoch}`);
      const order = shuffler(random)(Array.from(data.features.keys()));
      const batches = batchesOf(order, batchSize);
      let loss = 0;
      let accuracy = 0;
      for (const [i, batch] of batches.entries()) {
        signal?.throwIfAborted();
        const [batchLoss, batchAccuracy] = await trainStep(model, data, batch);
        if (!Number.isFinite(batchLoss))
          throw new Error(`the loss became ${batchLoss} in epoch ${epoch}; try a lower learningRate`);
        loss += batchLoss / batches.length;
        accuracy += batchAccuracy / batches.length;
        options.onStep?.({ epoch, step: i + 1, steps: batches.length, loss: batchLoss });
        await new Promise(setImmediate); // lets signals, timers and progress bars have their turn
      }
      if (!(await hasFiniteWeights(model)))
        throw new Error(`the weights became NaN or infinite in epoch ${epoch}; try a lower learningRate`);
      const {
        confusion: _,
        examples: __,
        ...scores
      } = score(await predictDataset(model, watched), watched.truth, watched.labels);
      const metrics = { epoch, loss, accuracy, watched: scores, seconds: (performance.now() - epochStarted) / 1000 };
      history.push(metrics);
      await options.onEpoch?.(metrics, model);
      const minutes = (performance.now() - started) / 60_000;
      // No epoch is begun that could not be ended in time.
      if (minutes + metrics.seconds / 60 > maxMinutes) break;
    }
  } finally {
    optimizer.dispose();
  }
  return history;
}

/** Asked besides the loss, which stays finite on wasm: its ReLU, max and clip answer a number for NaN. */
async function hasFiniteWeights(model: LayersModel): Promise<boolean> {
  const sums = tf.tidy(() => tf.stack(model.getWeights().map((weight) => tf.sum(tf.abs(weight)))));
  const finite = (await sums.data()).every(Number.isFinite);
  sums.dispose();
  return finite;
}

async function trainStep(
  model: LayersModel,
  data: Dataset,
  batch: number[],
): Promise<[loss: number, accuracy: number]> {
  const x = featureTensor(data, batch);
  const y = labelTensor(data, batch);
  try {
    return (await model.trainOnBatch(x, y)) as [number, number];
  } finally {
    x.dispose();
    y.dispose();
  }
}

function batchesOf(order: number[], batchSize: number): number[][] {
  const batches: number[][] = [];
  for (let start = 0; start < order.length; start += batchSize) batches.push(order.slice(start, start + batchSize));
  if (batches.length > 1 && batches[batches.length - 1].length === 1) batches.pop();
  return batches;
}
