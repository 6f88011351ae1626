import * as tf from '@tensorflow/tfjs-core';
import { valuesOf, viewOf, type WasmBackend } from './heap.js';

type Rank4 = [number, number, number, number];
type Pad = 'same' | 'valid' | number | tf.backend_util.ExplicitPadding;
interface Attributes {
  strides: [number, number] | number;
  pad: Pad;
  dataFormat: 'NHWC' | 'NCHW';
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

let registered = false;

/**
 * Gives the wasm backend the two gradients of a convolution: the filter gradient, which tfjs-backend-wasm 4.22 does not
 * have, as a product of matrices, and the input gradient for stride 1, which it has at 2 GFLOP/s, as a forward
 * convolution; XNNPACK does both at some 20 GFLOP/s on a core. Equal to the cpu backend's within 1e-5 (test/training/wasm-gradients.test.ts).
 */
export function registerConvolutionGradients(): void {
  if (registered) return;
  registered = true;
  tf.registerKernel({
    kernelName: tf.Conv2DBackpropFilter,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { filterShape } = attrs as unknown as { filterShape: Rank4 };
      const { x, dy } = inputs as { x: tf.Tensor4D; dy: tf.Tensor4D };
      return filterGradient(backend as WasmBackend, x, dy, filterShape, attributesOf(attrs));
    },
  });

  const stock = tf.getKernel(tf.Conv2DBackpropInput, 'wasm');
  tf.unregisterKernel(tf.Conv2DBackpropInput, 'wasm');
  tf.registerKernel({
    ...stock,
    kernelFunc: (call) => {
      const { strides, dataFormat } = attributesOf(call.attrs);
      const plain = dataFormat === 'NHWC' && [strides].flat().every((stride) => stride === 1);
      if (!plain) return stock.kernelFunc(call);
      const { inputShape } = call.attrs as unknown as { inputShape: Rank4 };
      const { dy, filter } = call.inputs;
      return inputGradient(dy as tf.Tensor4D, filter as tf.Tensor4D, inputShape, attributesOf(call.attrs));
    },
  });
}

const attributesOf = (attrs: unknown): Attributes => attrs as Attributes;

/** Bytes of patches that are multiplied at a time. */
const patchBytes = 64 * 2 ** 20;

/**
 * dW[i, j, ci, co] = Σ over n, y, x of X[n, y·s + i, x·s + j, ci] · dY[n, y, x, co]: a product of two matrices, some images
 * at a time, in which the sum runs along the inner side.
 *
 *   X (n, h, w, ci) → (ci, n, h, w) → patches (kh·kw·ci, images·oh·ow), zero where the kernel hangs over the edge
 *   dY (n, oh, ow, co) → (images·oh·ow, co)
 *   product (kh·kw·ci, co) → (kh, kw, ci, co)
 */
function filterGradient(
  backend: WasmBackend,
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  filterShape: Rank4,
  attributes: Attributes,
): tf.Tensor4D {
  if (attributes.dataFormat === 'NCHW') throw new TypeError('wasm: the filter gradient is made for NHWC, not NCHW');
  const info = convolutionInfo(x.shape, filterShape, attributes);
  const [kh, kw, ci, co] = filterShape;
  const outputs = info.outHeight * info.outWidth;
  const images = Math.max(1, Math.floor(patchBytes / (4 * kh * kw * ci * outputs)));
  const multiply = tf.getKernel(tf.BatchMatMul, 'wasm').kernelFunc;
  return tf.tidy(() => {
    const planes = tf.transpose(x, [3, 0, 1, 2]);
    const sum = tf.zeros([1, kh * kw * ci, co]);
    for (let first = 0; first < x.shape[0]; first += images) {
      const count = Math.min(images, x.shape[0] - first);
      const patches = backend.makeOutput([1, kh * kw * ci, count * outputs], 'float32');
      const [values, into] = valuesOf(backend, planes, patches);
      cutPatches(values, into, info, first, count);
      const slopes = viewOf(backend, dy, first * outputs * co, [1, count * outputs, co]);
      const attrs = { transposeA: false, transposeB: false };
      const inputs = { a: patches, b: slopes.tensor };
      const product = multiply({ inputs, attrs, backend } as never) as tf.TensorInfo;
      const [total, part] = valuesOf(backend, sum, product);
      for (let k = 0; k < total.length; k++) total[k] += part[k];
      slopes.release();
      for (const { dataId } of [patches, product]) backend.disposeData(dataId);
    }
    return tf.reshape(sum, filterShape) as tf.Tensor4D;
  });
}

/** Fills (kh, kw, ci, images, oh, ow) with what each kernel element sees, out of planes (ci, n, h, w). */
function cutPatches(
  planes: Float32Array,
  patches: Float32Array,
  info: tf.backend_util.Conv2DInfo,
  first: number,
  count: number,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  const { strideHeight, strideWidth, padInfo } = info;
  let to = 0;
  for (let i = 0; i < filterHeight; i++)
    for (let j = 0; j < filterWidth; j++) {
      // Outputs start…end of a row lie inside the image at this kernel column; the others see padding.
      const start = Math.min(outWidth, Math.max(0, Math.ceil((padInfo.left - j) / strideWidth)));
      const end = Math.max(start, Math.min(outWidth, Math.floor((inWidth - 1 + padInfo.left - j) / strideWidth) + 1));
      for (let c = 0; c < inChannels; c++)
        for (let n = first; n < first + count; n++)
          for (let y = 0; y < outHeight; y++, to += outWidth) {
            const row = y * strideHeight + i - padInfo.top;
            if (row < 0 || row >= inHeight || start === end) {
              patches.fill(0, to, to + outWidth);
              continue;
            }
            const from = ((c * batchSize + n) * inHeight + row) * inWidth + j - padInfo.left;
            patches.fill(0, to, to + start);
            if (strideWidth === 1) patches.set(planes.subarray(from + start, from + end), to + start);
            else for (let x = start; x < end; x++) patches[to + x] = planes[from + x * strideWidth];
            patches.fill(0, to + end, to + outWidth);
          }
    }
}

/**
 * dX = dY convolved with the filter turned by 180°, input and output channels swapped: the transposed convolution of
 * stride 1, padded by what the forward one was not (k − 1 − pad).
 */
function inputGradient(dy: tf.Tensor4D, filter: tf.Tensor4D, inputShape: Rank4, attributes: Attributes): tf.Tensor4D {
  const { top, left } = convolutionInfo(inputShape, filter.shape, attributes).padInfo;
  const [kh, kw] = filter.shape;
  const [, h, w] = inputShape;
  const [, oh, ow] = dy.shape;
  return tf.tidy(() => {
    const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
    const padTop = kh - 1 - top;
    const padLeft = kw - 1 - left;
    const pad: tf.backend_util.ExplicitPadding = [
      [0, 0],
      [padTop, h + kh - 1 - oh - padTop],
      [padLeft, w + kw - 1 - ow - padLeft],
      [0, 0],
    ];
    return tf.conv2d(dy, turned, 1, pad);
  });
}

const convolutionInfo = (inputShape: Rank4, filterShape: Rank4, { strides, pad, dimRoundingMode }: Attributes) =>
  tf.backend_util.computeConv2DInfo(inputShape, filterShape, strides, 1, pad, dimRoundingMode);
