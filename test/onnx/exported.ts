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

/** Uniform random input between −2 and 2, for each input of the model. */
export function randomInputs(model: LayersModel, batch: number, seed: string): tf.Tensor[] {
  const random = seedrandom.alea(seed);
  return model.inputs.map((input) => {
    const shape = input.shape.map((size, axis) => size ?? (axis === 0 ? batch : 7));
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random() * 4 - 2);
    return tf.tensor(values, shape);
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
      new ort.Tensor('float32', input.dataSync<'float32'>() as Float32Array, input.shape),
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
