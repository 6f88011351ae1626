import * as tf from '@tensorflow/tfjs-core';

/** Normalised features and labels, ready to learn from or be tested on: in memory, or read when asked for. */
export interface ExampleSet {
  /** Of one example, as the model takes it: (bands, frames, 1), or (chunks, bands, frames, 1) where it sees several. */
  shape: readonly number[];
  features: Pick<readonly Float32Array[], 'length' | 'at'>; // (examples)(…shape)
  /** Index of each example's label. */
  truth: Int32Array; // (examples)
  labels: readonly string[];
}

/** Examples in memory. */
export interface Dataset extends ExampleSet {
  features: readonly Float32Array[]; // (examples)(…shape)
}

/** The model's view of a clip's features: one chunk loses its axis, and a channel axis of 1 comes last. */
export function modelShape([chunks, bands, frames]: readonly [number, number, number]): number[] {
  return chunks === 1 ? [bands, frames, 1] : [chunks, bands, frames, 1];
}

/** The features of some examples as one tensor (examples, …shape). The caller disposes it. */
export function featureTensor({ features, shape }: ExampleSet, indices: ArrayLike<number>): tf.Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = new Float32Array(indices.length * size);
  for (let i = 0; i < indices.length; i++) values.set(features.at(indices[i])!, i * size);
  return tf.tensor(values, [indices.length, ...shape]);
}

/** The labels of some examples, one-hot (examples, labels). The caller disposes it. */
export function labelTensor({ truth, labels }: Dataset, indices: ArrayLike<number>): tf.Tensor2D {
  const values = new Float32Array(indices.length * labels.length);
  for (let i = 0; i < indices.length; i++) values[i * labels.length + truth[indices[i]]] = 1;
  return tf.tensor2d(values, [indices.length, labels.length]);
}
