import * as tf from '@tensorflow/tfjs-core';

type Rank4 = [number, number, number, number];
interface Attributes {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: 'same' | 'valid' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** What is used of tfjs' wasm backend: tensors as views of its memory. */
interface WasmBackend {
  makeOutput(shape: number[], dtype: 'float32'): tf.TensorInfo;
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array;
}

let registered = false;

/**
 * Gives the wasm backend a gradient of max pooling that is right. That of tfjs-backend-wasm 4.22 begins each window's
 * search at 0, not at −∞, and loses the gradient of every window without a positive element, such as ELU makes.
 */
export function registerMaxPoolGradient(): void {
  if (registered) return;
  registered = true;
  tf.unregisterKernel(tf.MaxPoolGrad, 'wasm');
  tf.registerKernel({
    kernelName: tf.MaxPoolGrad,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) =>
      maxPoolGradient(inputs.input!, inputs.dy!, attrs as unknown as Attributes, backend as WasmBackend),
  });
}

/** Each window's dy goes to its largest element, the first of equal ones. x (n, h, w, c), dy (n, oh, ow, c) → (n, h, w, c) */
function maxPoolGradient(x: tf.TensorInfo, dy: tf.TensorInfo, attributes: Attributes, backend: WasmBackend) {
  const { filterSize, strides, pad, dimRoundingMode } = attributes;
  const info = tf.backend_util.computePool2DInfo(x.shape as Rank4, filterSize, strides, 1, pad, dimRoundingMode);
  const { inHeight, inWidth, inChannels: channels, filterHeight, filterWidth, strideHeight, strideWidth } = info;
  const dx = backend.makeOutput(x.shape, 'float32'); // before the views: memory that grows moves away from under them
  const [from, gradient, to] = [x, dy, dx].map((tensor) => backend.typedArrayFromHeap(tensor));
  to.fill(0);
  const largest = new Int32Array(channels); // the position in x, for each channel of a window
  let out = 0;
  for (let n = 0; n < info.batchSize; n++)
    for (let row = 0; row < info.outHeight; row++) {
      const top = row * strideHeight - info.padInfo.top;
      for (let column = 0; column < info.outWidth; column++, out += channels) {
        const left = column * strideWidth - info.padInfo.left;
        let first = true;
        for (let i = Math.max(top, 0); i < Math.min(top + filterHeight, inHeight); i++)
          for (let j = Math.max(left, 0); j < Math.min(left + filterWidth, inWidth); j++) {
            const pixel = ((n * inHeight + i) * inWidth + j) * channels;
            for (let c = 0; c < channels; c++) if (first || from[pixel + c] > from[largest[c]]) largest[c] = pixel + c;
            first = false;
          }
        for (let c = 0; c < channels; c++) to[largest[c]] += gradient[out + c];
      }
    }
  return dx;
}
