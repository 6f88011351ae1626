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
    const filters = layer.config.number('filters');
    const y = withChannelsFirst(layer, layer.input, (x) => {
      const shape = [...window.kernel, channelsOf(layer, x), filters];
      const kernel = layer.constant('kernel', () => outputFirst(layer.weight('kernel', shape)));
      return slide(layer, x, window, kernel, bias(layer, filters), 1);
    });
    return activate(layer, y);
  };

export const convertConv1D = convolution(1);
export const convertConv2D = convolution(2);
export const convertConv3D = convolution(3);

/**
 * DepthwiseConv2D → Conv with a group for each input channel.
 *
 * @throws TypeError for a dilation, which tfjs ignores
 */
export const convertDepthwiseConv2D: LayerConverter = (layer) => {
  const window = windowOf(layer, 2);
  if (window.dilations.some((rate) => rate !== 1))
    throw layer.refusal('a dilation_rate', 'dilation_rate 1: tfjs computes without it whatever is said');
  const y = withChannelsFirst(layer, layer.input, (x) => {
    const kernel = depthwiseKernel(layer, window, x);
    return slide(layer, x, window, kernel, bias(layer, kernel.shape[0] as number), channelsOf(layer, x));
  });
  return activate(layer, y);
};

/**
 * SeparableConv2D → a depthwise Conv with the layer's window, then a 1 × 1 Conv with its bias.
 *
 * Deviation: channels first, tfjs 4.22 adds the bias along the height, and stops where its size is another; the file
 * computes what Keras defines.
 */
export const convertSeparableConv2D: LayerConverter = (layer) => {
  const window = windowOf(layer, 2);
  const filters = layer.config.number('filters');
  const point: Window = { kernel: [1, 1], strides: [1, 1], dilations: [1, 1], padding: 'valid' };
  const y = withChannelsFirst(layer, layer.input, (x) => {
    const filtered = slide(layer, x, window, depthwiseKernel(layer, window, x), undefined, channelsOf(layer, x));
    const shape = [1, 1, channelsOf(layer, filtered), filters];
    const kernel = layer.constant('pointwise_kernel', () => outputFirst(layer.weight('pointwise_kernel', shape)));
    return slide(layer, filtered, point, kernel, bias(layer, filters), 1);
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

/** tfjs saves no depth_multiplier of a SeparableConv2D: its kernel tells. */
function depthwiseKernel(layer: LayerScope, { kernel }: Window, x: Value): Value {
  return layer.constant('depthwise_kernel', () => {
    const multiplier = layer.config.get('depth_multiplier') ?? layer.weight('depthwise_kernel').shape[3];
    return depthwise(layer.weight('depthwise_kernel', [...kernel, channelsOf(layer, x), Number(multiplier)]));
  });
}

const bias = (layer: LayerScope, filters: number): Value | undefined =>
  layer.config.boolean('use_bias', true) ? layer.constant('bias', () => layer.weight('bias', [filters])) : undefined;

function channelsOf(layer: LayerScope, x: Value): number {
  const channels = x.shape[1];
  if (typeof channels !== 'number') throw layer.refusal('an unknown number of channels', 'a known one');
  return channels;
}

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
  group: number,
): Value {
  const [batch, , ...space] = x.shape;
  const filters = kernel.shape[0];
  const { sizes, attributes } = slideWindow(layer, space, window);
  return layer.add('Conv', bias ? [x, kernel, bias] : [x, kernel], [batch, filters, ...sizes], {
    ...attributes,
    dilations: [...window.dilations],
    group,
  });
}
