import type { Tensor, Value } from '../graph.js';
import { range, reshapeTensor, transposeTensor } from '../layout.js';
import { activate } from './activations.js';
import type { LayerConverter, LayerScope } from './layer-scope.js';
import { paddings, slideWindow, type Window, withChannelsFirst } from './windows.js';

/**
 * Conv1D, Conv2D, Conv3D → Conv (ai.onnx 11), x in (batch, channels, …space).
 *
 * tfjs kernel (…space, in, out) → ONNX W (out, in, …space); bias (out) stays.
 */
const convolution =
  (spatialRank: number): LayerConverter =>
  (layer) => {
    const window = windowOf(layer, spatialRank);
    const kernel = layer.constant('kernel', () => outputFirst(layer.weight('kernel')));
    const y = withChannelsFirst(layer, layer.input, (x) => slide(layer, x, window, kernel, bias(layer), 1));
    return activate(layer, y);
  };

export const convertConv1D = convolution(1);
export const convertConv2D = convolution(2);
export const convertConv3D = convolution(3);

/** DepthwiseConv2D → Conv with a group for each input channel. */
export const convertDepthwiseConv2D: LayerConverter = (layer) => {
  const window = windowOf(layer, 2);
  const kernel = layer.constant('depthwise_kernel', () => depthwise(layer.weight('depthwise_kernel')));
  const y = withChannelsFirst(layer, layer.input, (x) => slide(layer, x, window, kernel, bias(layer), x.shape[1]));
  return activate(layer, y);
};

/** SeparableConv2D → a depthwise Conv with the layer's window, then a 1 × 1 Conv with its bias. */
export const convertSeparableConv2D: LayerConverter = (layer) => {
  const window = windowOf(layer, 2);
  const depthwiseKernel = layer.constant('depthwise_kernel', () => depthwise(layer.weight('depthwise_kernel')));
  const pointwiseKernel = layer.constant('pointwise_kernel', () => outputFirst(layer.weight('pointwise_kernel')));
  const point: Window = { kernel: [1, 1], strides: [1, 1], dilations: [1, 1], padding: 'valid' };
  const y = withChannelsFirst(layer, layer.input, (x) => {
    const filtered = slide(layer, x, window, depthwiseKernel, undefined, x.shape[1]);
    return slide(layer, filtered, point, pointwiseKernel, bias(layer), 1);
  });
  return activate(layer, y);
};

/** Keras (…space, in, out) → ONNX (out, in, …space). */
const outputFirst = (kernel: Tensor): Tensor => {
  const rank = kernel.shape.length;
  return transposeTensor(kernel, [rank - 1, rank - 2, ...range(0, rank - 2)]);
};

/** Keras (height, width, in, multiplier) → ONNX (in · multiplier, 1, height, width): channel i's outputs side by side. */
const depthwise = (kernel: Tensor): Tensor => {
  const [height, width, channels, multiplier] = kernel.shape;
  return reshapeTensor(transposeTensor(kernel, [2, 3, 0, 1]), [channels * multiplier, 1, height, width]);
};

const bias = (layer: LayerScope): Value | undefined =>
  layer.config.boolean('use_bias', true) ? layer.constant('bias', () => layer.weight('bias')) : undefined;

function windowOf({ config }: LayerScope, spatialRank: number): Window {
  return {
    kernel: config.integers('kernel_size', spatialRank),
    strides: config.integers('strides', spatialRank, 1),
    dilations: config.integers('dilation_rate', spatialRank, 1),
    padding: config.oneOf('padding', paddings, 'valid'),
  };
}

/** One Conv over x (batch, channels, …space). */
function slide(
  layer: LayerScope,
  x: Value,
  window: Window,
  kernel: Value,
  bias: Value | undefined,
  group: number | string,
): Value {
  const [batch, channels, ...space] = x.shape;
  if (typeof channels !== 'number' || typeof group !== 'number')
    throw layer.refusal('an unknown number of channels', 'a known one');
  const [filters, perGroup] = kernel.shape as readonly number[];
  if (channels !== perGroup * group)
    throw new RangeError(`${layer.config.layer}: ${channels} channels come in, the kernel has ${perGroup * group}`);
  const { sizes, attributes } = slideWindow(layer, space, window);
  return layer.add('Conv', bias ? [x, kernel, bias] : [x, kernel], [batch, filters, ...sizes], {
    ...attributes,
    dilations: [...window.dilations],
    group,
  });
}
