import * as tf from '@tensorflow/tfjs-core';

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
 * Gives the wasm backend the two gradients of a convolution, each as one forward convolution (which XNNPACK does at
 * 10–20 GFLOP/s on a core): the filter gradient, which tfjs-backend-wasm 4.22 does not have, and the input gradient for
 * stride 1, which it has at 2 GFLOP/s. Equal to the cpu backend's within 1e-5 (test/training/wasm-gradients.test.ts).
 */
export function registerConvolutionGradients(): void {
  if (registered) return;
  registered = true;
  tf.registerKernel({
    kernelName: tf.Conv2DBackpropFilter,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const { filterShape } = attrs as unknown as { filterShape: Rank4 };
      return filterGradient(inputs.x as tf.Tensor4D, inputs.dy as tf.Tensor4D, filterShape, attributesOf(attrs));
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

/**
 * dW[i, j, ci, co] = Σ over n, y, x of X[n, y·s + i, x·s + j, ci] · dY[n, y, x, co]: a convolution of X with dY as its
 * filter, in which the batch is what is summed over and the stride is a dilation.
 *
 *   X (n, h, w, ci) → padded, (ci, h, w, n)    as images
 *   dY (n, oh, ow, co) → (oh, ow, n, co)       as filters, dilated by the stride
 *   result (ci, kh, kw, co) → (kh, kw, ci, co)
 */
function filterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, filterShape: Rank4, attributes: Attributes): tf.Tensor4D {
  if (attributes.dataFormat === 'NCHW') throw new TypeError('wasm: the filter gradient is made for NHWC, not NCHW');
  const info = convolutionInfo(x.shape, filterShape, attributes);
  const { top, bottom, left, right } = info.padInfo;
  const [kh, kw, ci, co] = filterShape;
  return tf.tidy(() => {
    const padded = tf.pad(x, [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]);
    const images = tf.transpose(padded, [3, 1, 2, 0]);
    const filters = tf.transpose(dy, [1, 2, 0, 3]);
    const gradient = tf.conv2d(images, filters, 1, 'valid', 'NHWC', [info.strideHeight, info.strideWidth]);
    return tf.transpose(tf.slice(gradient, [0, 0, 0, 0], [ci, kh, kw, co]), [1, 2, 0, 3]);
  });
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
