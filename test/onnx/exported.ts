import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as ort from 'onnxruntime-node';
import seedrandom from 'seedrandom';
import { type ToOnnxOptions, toOnnx } from '../../onnx/index.js';

// Spares each test file tfjs's advertisement of its native backend.
tf.env().set('IS_TEST', true);

/** What `model.save` hands over. */
export async function artifactsOf(model: LayersModel): Promise<tf.io.ModelArtifacts> {
  let saved: tf.io.ModelArtifacts = {};
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return saved;
}

export const exported = async (model: LayersModel, options?: ToOnnxOptions): Promise<Uint8Array> =>
  toOnnx(await artifactsOf(model), options);

/** Random weights of a size that keeps activations near 1; variances (moving_variance) between 0.2 and 1.2. */
export function randomiseWeights(model: LayersModel, seed: string): void {
  const random = seedrandom.alea(seed);
  model.setWeights(
    model.weights.map(({ name, shape }) => {
      const sizes = shape as number[];
      const fanIn = Math.max(
        1,
        sizes.slice(0, -1).reduce((product, size) => product * size, 1),
      );
      const values = Float32Array.from({ length: sizes.reduce((product, size) => product * size, 1) }, () =>
        name.includes('variance') ? 0.2 + random() : ((random() - 0.5) * 3.4) / Math.sqrt(fanIn),
      );
      return tf.tensor(values, sizes);
    }),
  );
}

/** Gives the elements of an input of a shape, from random numbers between 0 and 1. */
export type Fill = (shape: readonly number[], random: () => number) => ArrayLike<number>;

const count = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** Uniform between −2 and 2. */
export const uniform: Fill = (shape, random) => Float32Array.from({ length: count(shape) }, () => random() * 4 - 2);

/** Whole numbers from 0 up to, without, `end`. */
export const whole =
  (end: number): Fill =>
  (shape, random) =>
    Float32Array.from({ length: count(shape) }, () => Math.floor(random() * end));

/** Uniform, where a third of the rows (all but the last axis) are 0: what Masking leaves out. The first row is. */
export const holed: Fill = (shape, random) => {
  const rowLength = shape[shape.length - 1];
  const rows = Array.from({ length: count(shape) / rowLength }, (_, i) => (i > 0 && random() < 2 / 3 ? 1 : 0));
  return Float32Array.from({ length: count(shape) }, (_, i) => rows[Math.floor(i / rowLength)] * (random() * 4 - 2));
};

/** Random input for each input of the model, uniform between −2 and 2 unless filled otherwise. */
export function randomInputs(model: LayersModel, batch: number, seed: string, fill: Fill = uniform): tf.Tensor[] {
  const random = seedrandom.alea(seed);
  return model.inputs.map(({ shape: sizes, dtype }) => {
    const shape = sizes.map((size, axis) => size ?? (axis === 0 ? batch : 7));
    return tf.tensor(Array.from(fill(shape, random)), shape, dtype);
  });
}

export interface Outputs {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export function runTfjs(model: LayersModel, inputs: tf.Tensor[]): Outputs[] {
  const outputs = model.predict(inputs.length === 1 ? inputs[0] : inputs);
  return [outputs].flat().map((output) => ({ shape: output.shape, values: output.dataSync<'float32'>() }));
}

export async function runOnnx(bytes: Uint8Array, inputs: tf.Tensor[]): Promise<Outputs[]> {
  const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: 1 });
  const feeds = Object.fromEntries(
    inputs.map((input, i) => [
      session.inputNames[i],
      input.dtype === 'int32'
        ? new ort.Tensor('int32', input.dataSync<'int32'>() as Int32Array, input.shape)
        : new ort.Tensor('float32', input.dataSync<'float32'>() as Float32Array, input.shape),
    ]),
  );
  const results = await session.run(feeds);
  const outputs = session.outputNames.map((name) => ({
    shape: results[name].dims,
    values: results[name].data as Float32Array,
  }));
  await session.release();
  return outputs;
}
