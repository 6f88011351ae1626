import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { max } from 'd3-array';
import * as ort from 'onnxruntime-node';
import { describeModel, type ModelDescription } from '../onnx/index.js';
import type { NamedNumbers, Numbers, SavedModel } from './saved-models.js';

/** A model that has been loaded, by whoever runs it. */
export interface LoadedModel {
  run(inputs: NamedNumbers): Promise<NamedNumbers>;
  dispose(): Promise<void> | void;
}

/** The model in TensorFlow.js itself, on the active backend. */
export function loadTfjs({ modelJson, artifacts }: SavedModel): Promise<LoadedModel> {
  const { weightSpecs, weightData } = artifacts as Pick<tf.io.ModelArtifacts, 'weightSpecs' | 'weightData'>;
  const handler: tf.io.IOHandler = { load: async () => ({ ...modelJson, weightSpecs, weightData }) };
  return modelJson.format === 'graph-model' ? loadGraph(handler, modelJson) : loadLayers(handler);
}

async function loadLayers(handler: tf.io.IOHandler): Promise<LoadedModel> {
  const model = await loadLayersModel(handler);
  // A Sequential model has no inputNames before it has predicted.
  const [inputNames, outputNames] = [model.inputs, model.outputs].map((ports) =>
    ports.map(({ sourceLayer }) => sourceLayer.name),
  );
  return {
    run: async (inputs) =>
      withTensors(inputs, (tensors) => {
        const outputs = [model.predict(inputNames.map((name) => tensors[name]))].flat();
        return namedNumbers(outputNames, outputs);
      }),
    dispose: () => void model.dispose(),
  };
}

async function loadGraph(handler: tf.io.IOHandler, { signature }: tf.io.ModelJSON): Promise<LoadedModel> {
  const model = await loadGraphModel(handler);
  const given = (signature as { outputs?: object } | undefined)?.outputs;
  const names = given ? Object.keys(given) : model.outputs.map(({ name }) => name);
  return {
    run: async (inputs) =>
      withTensors(inputs, async (tensors) => namedNumbers(names, [await execute(model, tensors, names)].flat())),
    dispose: () => model.dispose(),
  };
}

/** Operations whose output's size only running tells are for `executeAsync` alone. */
async function execute(
  model: Awaited<ReturnType<typeof loadGraphModel>>,
  tensors: tf.NamedTensorMap,
  names: string[],
): Promise<tf.Tensor | tf.Tensor[]> {
  try {
    return model.execute(tensors, names);
  } catch {
    return await model.executeAsync(tensors, names);
  }
}

async function withTensors(
  inputs: NamedNumbers,
  work: (tensors: tf.NamedTensorMap) => Promise<NamedNumbers>,
): Promise<NamedNumbers> {
  const tensors = Object.fromEntries(
    Object.entries(inputs).map(([name, { dtype, shape, values }]) => {
      return [name, tf.tensor(Array.from(values), [...shape], dtype === 'int64' ? 'int32' : dtype)];
    }),
  );
  try {
    return await work(tensors);
  } finally {
    tf.dispose(tensors);
  }
}

async function namedNumbers(names: readonly string[], tensors: readonly tf.Tensor[]): Promise<NamedNumbers> {
  const entries = await Promise.all(
    tensors.map(async (tensor, i): Promise<[string, Numbers]> => {
      const values = await tensor.data<'float32'>();
      return [names[i], { dtype: tensor.dtype as Numbers['dtype'], shape: tensor.shape, values: values.slice() }];
    }),
  );
  tf.dispose([...tensors]);
  return Object.fromEntries(entries);
}

/** An `.onnx` file in onnxruntime, on one thread. */
export interface OnnxModel extends LoadedModel, ModelDescription {
  /** One inference, without reading what comes out. */
  time(inputs: NamedNumbers): Promise<number>; // milliseconds
}

/** @param names what inputs and outputs are called elsewhere, where the file has names of its own */
export async function loadOnnx(bytes: Uint8Array, names: Readonly<Record<string, string>> = {}): Promise<OnnxModel> {
  const description = describeModel(bytes);
  const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const feedsOf = (inputs: NamedNumbers) =>
    Object.fromEntries(
      description.inputs.map(({ name, type }) => {
        const given = inputs[names[name] ?? name];
        if (!given) throw new RangeError(`no numbers are given for input "${name}"`);
        return [name, ortTensor(type, given)];
      }),
    );
  return {
    ...description,
    async run(inputs) {
      const outputs = await session.run(feedsOf(inputs));
      const entries = Object.entries(outputs).map(([name, { data, dims }]): [string, Numbers] => {
        const values = Array.from(data as ArrayLike<number | bigint>, Number);
        return [names[name] ?? name, { dtype: 'float32', shape: dims, values }];
      });
      return Object.fromEntries(entries);
    },
    async time(inputs) {
      const feeds = feedsOf(inputs);
      const started = performance.now();
      await session.run(feeds);
      return performance.now() - started;
    },
    dispose: () => session.release(),
  };
}

function ortTensor(type: string, { shape, values }: Numbers): ort.Tensor {
  if (type === 'int64') return new ort.Tensor('int64', BigInt64Array.from(Array.from(values), BigInt), shape);
  if (type === 'int32') return new ort.Tensor('int32', Int32Array.from(values), shape);
  if (type === 'bool') return new ort.Tensor('bool', Uint8Array.from(values), shape);
  return new ort.Tensor('float32', Float32Array.from(values), shape);
}

/**
 * The largest difference of any number, as a share of the largest number of that output; what differs in shape, or is no
 * number, differs infinitely.
 */
export function largestGap(actual: NamedNumbers, expected: NamedNumbers): number {
  return Math.max(
    ...Object.entries(expected).map(([name, { shape, values }]) => {
      const given = actual[name];
      if (!given || String(given.shape) !== String(shape)) return Number.POSITIVE_INFINITY;
      const largest = max(Array.from(values, Math.abs)) || 1;
      const gap = max(Array.from(values, (value, i) => distance(given.values[i], value))) ?? 0;
      return gap / largest;
    }),
  );
}

const distance = (a: number, b: number): number =>
  Object.is(a, b) ? 0 : Number.isFinite(a - b) ? Math.abs(a - b) : Number.POSITIVE_INFINITY;
