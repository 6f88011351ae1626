import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';

interface Size {
  batch: number;
  bands: number;
  frames: number;
  filters: number;
}

/** What `firstLosses` are on the cpu backend. */
export const expectedLosses = [0.889705, 0.697729, 0.580439];
/** Measured: 2e-6 and less on every backend here. GPUs that round products to ten bits (TF32) are expected to be within 1e-3. */
const tolerance = 0.005;

/** The losses of the first three steps of training a tiny convolutional network on the active backend. */
export function firstLosses(): Promise<number[]> {
  return withNetwork({ batch: 2, bands: 8, frames: 8, filters: 2 }, async (step) => {
    const losses: number[] = [];
    for (const _ of expectedLosses) losses.push(await step());
    return losses;
  });
}

/**
 * Trains on the active backend for three small steps, with the kernels that training a convolutional network needs.
 *
 * @throws Error where a kernel is missing or a loss is not what it should be
 */
export async function tryTrainingSteps(): Promise<void> {
  const losses = await firstLosses();
  const wrong = losses.findIndex((loss, i) => !(Math.abs(loss - expectedLosses[i]) < tolerance));
  if (wrong >= 0)
    throw new Error(
      `it computes wrongly: a loss of a small training is ${losses[wrong]}, not ${expectedLosses[wrong]}`,
    );
}

/** Milliseconds of a training step that is large enough to tell backends apart (about 4 GFLOP), after a warm-up. */
export function timeTrainingStep(): Promise<number> {
  return withNetwork({ batch: 16, bands: 60, frames: 108, filters: 32 }, async (step) => {
    await step(); // compiles shaders, allocates memory
    const milliseconds: number[] = [];
    for (let i = 0; i < 3; i++) {
      const started = performance.now();
      await step();
      milliseconds.push(performance.now() - started);
    }
    return Math.min(...milliseconds);
  });
}

/** Hands `use` a training step, which answers its loss, of two convolution blocks with weights that are always the same. */
async function withNetwork<T>(size: Size, use: (step: () => Promise<number>) => Promise<T>): Promise<T> {
  const { batch, bands, frames } = size;
  const model = network(size);
  const optimizer = tf.train.adam(0.01);
  model.compile({ optimizer, loss: 'categoricalCrossentropy' });
  const x = wave([batch, bands, frames, 1]);
  const y = tf.oneHot(
    Array.from({ length: batch }, (_, i) => i % 2),
    2,
  );
  try {
    return await use(async () => (await model.trainOnBatch(x, y)) as number);
  } finally {
    tf.dispose([x, y]);
    optimizer.dispose();
    model.dispose();
  }
}

function network({ bands, frames, filters }: Size): LayersModel {
  const block = (more: { inputShape?: number[] }) => [
    layers.conv2d({ ...more, filters, kernelSize: 3, padding: 'same' }),
    layers.batchNormalization(),
    layers.activation({ activation: 'elu' }),
    layers.maxPooling2d({ poolSize: 2, padding: 'same' }),
  ];
  const model = sequential({
    layers: [
      ...block({ inputShape: [bands, frames, 1] }),
      ...block({}),
      layers.flatten(),
      layers.dense({ units: 2, activation: 'softmax' }),
    ],
  });
  const weights = model.getWeights().map((weight) => (weight.rank > 1 ? wave(weight.shape) : weight.clone()));
  model.setWeights(weights);
  tf.dispose(weights);
  return model;
}

/** Numbers without symmetry between −0.5 and 0.5, always the same. */
function wave(shape: number[]): tf.Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => 0.5 * Math.sin(1 + 2.3 * i + 0.01 * i * i)),
    shape,
  );
}
