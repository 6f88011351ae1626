import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type ExampleSet, featureTensor } from './dataset.js';

/** Probabilities of every example, in order, as (examples, labels): features are held for one batch at a time. */
export async function predictDataset(model: LayersModel, data: ExampleSet, batchSize = 64): Promise<Float32Array> {
  const [probabilities] = await predictOutputs(model, data, batchSize);
  return probabilities;
}

/** The same of a model with several outputs: each (examples, …its sizes). */
export async function predictOutputs(model: LayersModel, data: ExampleSet, batchSize = 64): Promise<Float32Array[]> {
  const sizes = model.outputs.map(({ shape }) => shape.slice(1).reduce<number>((a, b) => a * b!, 1));
  const all = sizes.map((size) => new Float32Array(data.features.length * size));
  for (let start = 0; start < data.features.length; start += batchSize) {
    const count = Math.min(batchSize, data.features.length - start);
    const input = featureTensor(
      data,
      Array.from({ length: count }, (_, i) => start + i),
    );
    const outputs = [model.predict(input)].flat();
    for (const [i, output] of outputs.entries()) all[i].set(await output.data(), start * sizes[i]);
    tf.dispose([input, ...outputs]);
  }
  return all;
}
