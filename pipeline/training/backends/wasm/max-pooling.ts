import * as tf from '@tensorflow/tfjs-core';
import { fusedKernels } from '../../layers/kernels.js';
import { registerWasmKernel, valuesOf, type WasmCall } from './heap.js';

interface Attributes {
  size: [number, number];
  strides: [number, number];
  pad: 'same' | 'valid';
}

/** Max pooling (NHWC) that remembers, for each output, which element of x it took, and its gradient. */
export function registerMaxPooling(): void {
  registerWasmKernel<Attributes>(fusedKernels.maxPool, forward);
  registerWasmKernel<Attributes>(fusedKernels.maxPoolGradient, gradient);
}

function forward({ inputs: { x }, attrs: { size, strides, pad }, backend }: WasmCall<Attributes>) {
  const info = tf.backend_util.computePool2DInfo(x.shape as [number, number, number, number], size, strides, 1, pad);
  const { batchSize, inHeight, inWidth, outHeight, outWidth, inChannels: channels } = info;
  const { top, left } = info.padInfo;
  const outputs = [backend.makeOutput(info.outShape, 'float32'), backend.makeOutput(info.outShape, 'int32')];
  const [xs, ys, taken] = valuesOf(backend, x, ...outputs);
  let out = 0;
  for (let n = 0; n < batchSize; n++)
    for (let row = 0; row < outHeight; row++) {
      const firstRow = Math.max(row * strides[0] - top, 0);
      const endRow = Math.min(row * strides[0] - top + size[0], inHeight);
      for (let column = 0; column < outWidth; column++, out += channels) {
        const firstColumn = Math.max(column * strides[1] - left, 0);
        const endColumn = Math.min(column * strides[1] - left + size[1], inWidth);
        for (let i = firstRow; i < endRow; i++)
          for (let j = firstColumn; j < endColumn; j++) {
            const from = ((n * inHeight + i) * inWidth + j) * channels;
            const first = i === firstRow && j === firstColumn;
            for (let c = 0; c < channels; c++) {
              const value = xs[from + c];
              if (!first && !(value > ys[out + c])) continue;
              ys[out + c] = value;
              taken[out + c] = from + c;
            }
          }
      }
    }
  return outputs;
}

function gradient({ inputs: { dy, x, argmax }, backend }: WasmCall<Attributes>) {
  const dx = backend.makeOutput(x.shape, 'float32');
  const [dys, taken, dxs] = valuesOf(backend, dy, argmax, dx);
  dxs.fill(0);
  for (let i = 0; i < dys.length; i++) dxs[taken[i]] += dys[i];
  return [dx];
}
