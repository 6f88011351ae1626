import * as tf from '@tensorflow/tfjs-core';
import { fusedKernels } from '../../layers/kernels.js';
import { pointersTo, registerWasmKernel, type WasmCall } from './heap.js';
import { kernelsOf } from './kernels.js';

interface Attributes {
  size: [number, number];
  strides: [number, number];
  pad: 'same' | 'valid';
}

/** Max pooling (NHWC) that remembers, for each output, which element of its image it took, and its gradient. */
export function registerMaxPooling(): void {
  registerWasmKernel<Attributes>(fusedKernels.maxPool, forward);
  registerWasmKernel<Attributes>(fusedKernels.maxPoolGradient, gradient);
}

function forward({ inputs: { x }, attrs: { size, strides, pad }, backend }: WasmCall<Attributes>) {
  const info = tf.backend_util.computePool2DInfo(x.shape as [number, number, number, number], size, strides, 1, pad);
  const { batchSize, inHeight, inWidth, outHeight, outWidth, inChannels } = info;
  const y = backend.makeOutput(info.outShape, 'float32');
  const taken = backend.makeOutput(info.outShape, 'int32');
  kernelsOf(backend).maxPool(
    ...pointersTo(backend, x, y, taken),
    ...[batchSize, inHeight, inWidth, inChannels, outHeight, outWidth],
    ...[...size, ...strides, info.padInfo.top, info.padInfo.left],
  );
  return [y, taken];
}

function gradient({ inputs: { dy, x, argmax }, backend }: WasmCall<Attributes>) {
  const dx = backend.makeOutput(x.shape, 'float32');
  const [batch] = x.shape;
  kernelsOf(backend).maxPoolGradient(...pointersTo(backend, dy, argmax, dx), batch, x.size / batch, dy.size / batch);
  return dx;
}
