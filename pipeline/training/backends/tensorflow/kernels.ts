import * as tf from '@tensorflow/tfjs-core';
import { fusedKernels } from '../../layers/kernels.js';

/** What is used of tfjs-node's backend: TensorFlow's eager operations, on handles of its tensors. */
interface TensorflowBackend {
  binding: TensorflowBinding;
  getInputTensorIds(tensors: tf.TensorInfo[]): number[];
  createOutputTensor(output: Output): tf.Tensor;
  executeSingleOutput(name: string, attributes: Attribute[], inputs: tf.TensorInfo[]): tf.Tensor;
  executeMultipleOutputs(name: string, attributes: Attribute[], inputs: tf.TensorInfo[], outputs: number): tf.Tensor[];
  tensorMap: { set(dataId: object, data: object): void };
}
interface TensorflowBinding {
  executeOp(name: string, attributes: Attribute[], inputs: number[], outputs: number): Output[];
  deleteTensor(id: number): void;
  TF_ATTR_TYPE: number;
  TF_ATTR_FLOAT: number;
  TF_ATTR_INT: number;
  TF_ATTR_BOOL: number;
  TF_ATTR_STRING: number;
  TF_FLOAT: number;
  TF_INT32: number;
  TF_INT64: number;
}
interface Output {
  id: number;
  shape: number[];
  dtype: number;
}
interface Attribute {
  name: string;
  type: number;
  value: number | number[] | boolean | string;
}
interface Call {
  inputs: Record<string, tf.Tensor>;
  backend: TensorflowBackend;
  attrs: Record<string, never>;
}

/** TensorFlow's own fused operations, for `pipeline/training/layers`. */
export function registerTensorflowKernels(): void {
  const kernels: Record<string, (call: Call) => tf.TensorInfo[]> = {
    [fusedKernels.batchNorm]: batchNorm,
    [fusedKernels.batchNormGradient]: batchNormGradient,
    [fusedKernels.maxPool]: maxPool,
    [fusedKernels.maxPoolGradient]: maxPoolGradient,
    [fusedKernels.dropout]: dropout,
    [fusedKernels.gruStep]: gruStep,
    [fusedKernels.gruStepGradient]: gruStepGradient,
  };
  for (const [kernelName, kernelFunc] of Object.entries(kernels)) {
    if (tf.getKernel(kernelName, 'tensorflow')) continue;
    tf.registerKernel({
      kernelName,
      backendName: 'tensorflow',
      kernelFunc: (call) => tf.tidy(() => kernelFunc(call as unknown as Call) as tf.Tensor[]),
    });
  }
}

/** FusedBatchNormV3. Its variance for the moving average is n / (n − 1) times the batch's; tfjs keeps the batch's. */
function batchNorm({ inputs: { x, gamma, beta }, attrs, backend }: Call): tf.TensorInfo[] {
  const none = tf.tensor1d([]);
  const attributes = batchNormAttributes(backend.binding, attrs);
  attributes.push({ name: 'exponential_avg_factor', type: backend.binding.TF_ATTR_FLOAT, value: 1 });
  const outputs = backend.executeMultipleOutputs('FusedBatchNormV3', attributes, [x, gamma, beta, none, none], 6);
  const [y, mean, unbiased, ...saved] = outputs;
  const rows = x.size / gamma.size;
  const variance = tf.mul(unbiased, rows > 1 ? (rows - 1) / rows : 1);
  return [y, mean, variance, ...saved];
}

function batchNormGradient({ inputs: { dy, x, gamma, saved0, saved1, saved2 }, attrs, backend }: Call) {
  const attributes = batchNormAttributes(backend.binding, attrs);
  const inputs = [dy, x, gamma, saved0, saved1, saved2];
  return backend.executeMultipleOutputs('FusedBatchNormGradV3', attributes, inputs, 5).slice(0, 3);
}

function batchNormAttributes(binding: TensorflowBinding, attrs: Record<string, never>): Attribute[] {
  return [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'U', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: attrs.epsilon },
    { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: binding.TF_ATTR_BOOL, value: true },
  ];
}

/** MaxPoolWithArgmax; its indices are int64, since the gradient takes no others, and never leave TensorFlow. */
function maxPool({ inputs: { x }, attrs, backend }: Call): tf.TensorInfo[] {
  const ids = backend.getInputTensorIds([x]);
  const [y, argmax] = backend.binding.executeOp('MaxPoolWithArgmax', poolAttributes(backend.binding, attrs), ids, 2);
  const dataId = {};
  backend.tensorMap.set(dataId, { ...argmax, values: null, refCount: 1 });
  return [backend.createOutputTensor(y), { dataId, shape: argmax.shape, dtype: 'int32' }];
}

function maxPoolGradient({ inputs: { dy, x, argmax }, attrs, backend }: Call): tf.TensorInfo[] {
  const attributes = poolAttributes(backend.binding, attrs);
  return [backend.executeSingleOutput('MaxPoolGradWithArgmax', attributes, [x, dy, argmax])];
}

function poolAttributes(binding: TensorflowBinding, attrs: Record<string, unknown>): Attribute[] {
  const { size, strides, pad } = attrs as { size: number[]; strides: number[]; pad: string };
  return [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'Targmax', type: binding.TF_ATTR_TYPE, value: binding.TF_INT64 },
    { name: 'ksize', type: binding.TF_ATTR_INT, value: [1, ...size, 1] },
    { name: 'strides', type: binding.TF_ATTR_INT, value: [1, ...strides, 1] },
    { name: 'padding', type: binding.TF_ATTR_STRING, value: pad.toUpperCase() },
  ];
}

/** GRUBlockCell. */
function gruStep({ inputs: { x, h, wRu, wC, bRu, bC }, backend }: Call) {
  return backend.executeMultipleOutputs('GRUBlockCell', [floats(backend.binding)], [x, h, wRu, wC, bRu, bC], 4);
}

function gruStepGradient({ inputs: { x, h, wRu, wC, bRu, bC, r, u, c, dh }, backend }: Call) {
  const inputs = [x, h, wRu, wC, bRu, bC, r, u, c, dh];
  return backend.executeMultipleOutputs('GRUBlockCellGrad', [floats(backend.binding)], inputs, 4);
}

const floats = (binding: TensorflowBinding): Attribute => ({
  name: 'T',
  type: binding.TF_ATTR_TYPE,
  value: binding.TF_FLOAT,
});

/** In TensorFlow's numbering; tfjs-node has no name for it. */
const TF_INT16 = 5;

/**
 * The seed alone decides the mask: 16 random bits a unit, two units to a draw of StatelessRandomUniformFullInt, which
 * costs half of what as many floats do. The rate is met to 1 / 65,536.
 */
function dropout({ inputs: { x }, attrs, backend }: Call): tf.TensorInfo[] {
  const { rate, seed } = attrs as unknown as { rate: number; seed: [number, number] };
  const { binding } = backend;
  const type = (name: string, value: number): Attribute => ({ name, type: binding.TF_ATTR_TYPE, value });
  const ids: number[] = [];
  const run = (name: string, attributes: Attribute[], inputs: number[]): number => {
    const [{ id }] = binding.executeOp(name, attributes, inputs, 1);
    ids.push(id);
    return id;
  };
  const integers = (values: number[] | number): number =>
    backend.getInputTensorIds([tf.tensor(values, undefined, 'int32')])[0];

  const pairs = Math.ceil(x.size / 2);
  const drawn = run(
    'StatelessRandomUniformFullInt',
    [type('dtype', binding.TF_INT32), type('T', binding.TF_INT32), type('Tseed', binding.TF_INT32)],
    [integers([pairs]), integers(seed)],
  );
  const halves = run('Bitcast', [type('T', binding.TF_INT32), type('type', TF_INT16)], [drawn]); // (pairs, 2)
  const line = [type('T', TF_INT16), type('Tshape', binding.TF_INT32)];
  let bits = run('Reshape', line, [halves, integers([2 * pairs])]);
  if (x.size % 2 === 1) {
    const slice = [type('T', TF_INT16), type('Index', binding.TF_INT32)];
    bits = run('Slice', slice, [bits, integers([0]), integers([x.size])]);
  }
  const shaped = run('Reshape', line, [bits, integers(x.shape)]);
  const threshold = Math.min(Math.round(rate * 65_536), 65_535) - 32_768;
  const cast = [type('SrcT', binding.TF_INT32), type('DstT', TF_INT16)];
  const limit = run('Cast', cast, [integers(threshold)]);
  const [kept] = binding.executeOp('GreaterEqual', [type('T', TF_INT16)], [shaped, limit], 1);
  for (const id of ids) binding.deleteTensor(id);
  const mask = tf.mul(tf.cast(backend.createOutputTensor(kept), 'float32'), 1 / (1 - rate));
  return [tf.mul(x, mask), mask];
}
