import * as tf from '@tensorflow/tfjs-core';
import { pointersTo, type WasmBackend, withScratch } from './heap.js';
import { kernelsOf } from './kernels.js';

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
 * have, by a kernel of ours, and the input gradient for stride 1, which it has at 2 GFLOP/s, as a forward convolution,
 * which XNNPACK does at some 20 GFLOP/s on a core. Equal to the cpu backend's within 1e-5 (test/training/wasm-gradients.test.ts).
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

/** dW[i, j, ci, co] = Σ over n, y, x of X[n, y·s + i, x·s + j, ci] · dY[n, y, x, co], zero where the kernel hangs over. */
function filterGradient(
  backend: WasmBackend,
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  filterShape: Rank4,
  attributes: Attributes,
): tf.TensorInfo {
  if (attributes.dataFormat === 'NCHW') throw new TypeError('wasm: the filter gradient is made for NHWC, not NCHW');
  const info = convolutionInfo(x.shape, filterShape, attributes);
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
  const dw = backend.makeOutput(filterShape, 'float32');
  const [xs, slopes, into] = pointersTo(backend, x, dy, dw);
  const paddedWidth = (outWidth - 1) * strideWidth + filterWidth;
  withScratch(backend, 4 * paddedWidth * inChannels, (padded) =>
    kernelsOf(backend).filterGradient(
      ...[xs, slopes, into, padded],
      ...[batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels],
      ...[filterHeight, filterWidth, strideHeight, strideWidth, padInfo.top, padInfo.left],
    ),
  );
  return dw;
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
