import * as tf from '@tensorflow/tfjs-core';
import { fusedKernels } from '../../layers/kernels.js';
import { pointersTo, registerWasmKernel, type WasmBackend, type WasmCall } from './heap.js';
import { kernelsOf } from './kernels.js';

type Rank4 = [number, number, number, number];
interface Attributes {
  size: [number, number];
  strides: [number, number];
  pad: 'same' | 'valid';
}

/**
 * Max pooling (NHWC) that remembers, for each output, which element of its image it took, and its gradient; and by these
 * two the gradient of stock max pooling: that of tfjs-backend-wasm 4.22 begins each window's search at 0, not at −∞, and
 * loses the gradient of every window without a positive element, such as ELU makes.
 */
export function registerMaxPooling(): void {
  registerWasmKernel<Attributes>(fusedKernels.maxPool, ({ inputs: { x }, attrs: { size, strides, pad }, backend }) =>
    pool(backend, x, tf.backend_util.computePool2DInfo(x.shape as Rank4, size, strides, 1, pad)),
  );
  registerWasmKernel(fusedKernels.maxPoolGradient, ({ inputs: { dy, x, argmax }, backend }) =>
    gradient(backend, dy, x, argmax),
  );
  registerWasmKernel<tf.MaxPoolGradAttrs>(tf.MaxPoolGrad, stockGradient);
}

/** x (n, h, w, c) → the largest of each window, and which of its image's elements that is, the first of equal ones. */
function pool(
  backend: WasmBackend,
  x: tf.TensorInfo,
  info: tf.backend_util.Conv2DInfo,
): [tf.TensorInfo, tf.TensorInfo] {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, inChannels, padInfo } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth } = info;
  const y = backend.makeOutput(info.outShape, 'float32');
  const taken = backend.makeOutput(info.outShape, 'int32');
  kernelsOf(backend).maxPool(
    ...pointersTo(backend, x, y, taken),
    ...[batchSize, inHeight, inWidth, inChannels, outHeight, outWidth],
    ...[filterHeight, filterWidth, strideHeight, strideWidth, padInfo.top, padInfo.left],
  );
  return [y, taken];
}

/** Each window's dy goes to the element that was taken. */
function gradient(backend: WasmBackend, dy: tf.Tensor, x: tf.Tensor, taken: tf.TensorInfo): tf.TensorInfo {
  const dx = backend.makeOutput(x.shape, 'float32');
  const [batch] = x.shape;
  kernelsOf(backend).maxPoolGradient(...pointersTo(backend, dy, taken, dx), batch, x.size / batch, dy.size / batch);
  return dx;
}

function stockGradient({ inputs: { dy, input: x }, attrs, backend }: WasmCall<tf.MaxPoolGradAttrs>): tf.TensorInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  const info = tf.backend_util.computePool2DInfo(x.shape as Rank4, filterSize, strides, 1, pad, dimRoundingMode);
  const [y, taken] = pool(backend, x, info);
  const dx = gradient(backend, dy, x, taken);
  for (const { dataId } of [y, taken]) backend.disposeData(dataId);
  return dx;
}
