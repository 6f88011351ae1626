import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type ExampleSet, featureTensor } from './dataset.js';

/** Probabilities of every example, in order, as (examples, labels): features are held for one batch at a time. */
export async function predictDataset(model: LayersModel, data: ExampleSet, batchSize = 64): Promise<Float32Array> {
  const labels = data.labels.length;
  const probabilities = new Float32Array(data.features.length * labels);
  for (let start = 0; start < data.features.length; start += batchSize) {
    const count = Math.min(batchSize, data.features.length - start);
    const input = featureTensor(
      data,
      Array.from({ length: count }, (_, i) => start + i),
    );
    const output = model.predict(input) as tf.Tensor;
    probabilities.set(await output.data(), start * labels);
    input.dispose();
    output.dispose();
  }
  return probabilities;
}
