import type { Value } from '../graph.js';
import { range } from '../layout.js';
import { type Fused, fusedOf } from './fused.js';
import { activate } from './matrices.js';
import type { OpConverter, OpScope } from './op-scope.js';
import {
  isChannelsFirst,
  kernelShape,
  type OpWindow,
  overSpace,
  reordered,
  windowAttributes,
  windowOf,
} from './windows.js';

/** A kernel in ONNX's layout (out, in / group, …space), and how the channels are grouped. */
interface Kernel {
  readonly weights: Value;
  readonly group: number;
}

/** Conv (ai.onnx 11) over x (batch, channels, …space), then what is fused into it. */
function convolve(op: OpScope, x: Value, { weights, group }: Kernel, window: OpWindow, fused: Fused): Value {
  const [, , ...space] = x.shape;
  const [filters] = weights.shape;
  const { bias, slope } = fused;
  const inside = bias && bias.shape.length === 1 && bias.shape[0] === filters;
  const attributes = { ...windowAttributes(op, space, window), dilations: [...window.dilations], group };
  const product = op.emit('Conv', inside ? [x, weights, bias] : [x, weights], attributes);
  const y = bias && !inside ? op.emit('Add', [product, alongChannels(op, bias)]) : product;
  return activate(op, y, fused.activation, slope && alongChannels(op, slope));
}

/**
 * A bias or slope that broadcasts against (batch, channels, …space): of one axis it goes along the channels, of more it
 * is in the node's layout.
 */
function alongChannels(op: OpScope, value: Value): Value {
  const rank = value.shape.length;
  if (rank === 0) return value;
  if (rank === 1) return op.emit('Unsqueeze', [value, op.ints('space_axes', [1, 2])]);
  if (isChannelsFirst(op)) return value;
  return op.transpose(value, [...range(0, rank - 3), rank - 1, rank - 3, rank - 2]);
}

const channelsOf = (op: OpScope, x: Value): number => {
  const channels = x.shape[isChannelsFirst(op) ? x.shape.length - 3 : x.shape.length - 1];
  if (typeof channels !== 'number') throw op.refusal('an unknown number of channels', 'a known one');
  return channels;
};

const plain: Fused = {};

/**
 * Conv2D, _FusedConv2D → Conv, x in (batch, channels, height, width). Kernel (height, width, in, out) → (out, in, height,
 * width). Kernels of fewer channels than come in are grouped convolutions, as in TensorFlow; tfjs refuses them.
 *
 * Deviation: of NCHW tfjs reads strides and dilations at the channels and the height, the file at height and width.
 */
const conv2d =
  (fused: (op: OpScope) => Fused): OpConverter =>
  (op) => {
    const [x, filter] = [op.tensor('x'), op.tensor('filter')];
    const [height, width, perGroup] = kernelShape(op, filter, 4);
    const channels = channelsOf(op, x);
    if (channels % perGroup !== 0)
      throw new RangeError(`${op.subject}: ${channels} channels come in, the kernel has ${perGroup}`);
    const kernel = { weights: reordered(op, filter, [3, 2, 0, 1]), group: channels / perGroup };
    const window = windowOf(op, [height, width]);
    return overSpace(op, x, 2, (x) => convolve(op, x, kernel, window, fused(op)));
  };

/**
 * Depthwise convolutions → Conv with a group for each channel: kernel (height, width, in, multiplier) →
 * (in · multiplier, 1, height, width). NCHW is as TensorFlow has it; tfjs's kernel takes it for NHWC.
 */
const depthwise =
  (input: string, fused: (op: OpScope) => Fused): OpConverter =>
  (op) => {
    const [x, filter] = [op.tensor(input), op.tensor('filter')];
    const [height, width, channels, multiplier] = kernelShape(op, filter, 4);
    const given = channelsOf(op, x);
    if (given !== channels)
      throw new RangeError(`${op.subject}: ${given} channels come in, the kernel has ${channels}`);
    const weights = reordered(op, filter, [2, 3, 0, 1], [channels * multiplier, 1, height, width]);
    const window = windowOf(op, [height, width]);
    return overSpace(op, x, 2, (x) => convolve(op, x, { weights, group: channels }, window, fused(op)));
  };

/** Conv1D → Conv over (batch, channels, width); kernel (width, in, out) → (out, in, width). */
const conv1d: OpConverter = (op) => {
  const [x, filter] = [op.tensor('x'), op.tensor('filter')];
  const [width] = kernelShape(op, filter, 3);
  const strides = [op.number('stride')];
  const window = { ...windowOf(op, [width]), strides, dilations: [op.number('dilation')] };
  const kernel = { weights: reordered(op, filter, [2, 1, 0]), group: 1 };
  return overSpace(op, x, 1, (x) => convolve(op, x, kernel, window, plain));
};

/** Conv3D → Conv over (batch, channels, depth, height, width); kernel (…space, in, out) → (out, in, …space). */
const conv3d: OpConverter = (op) => {
  const [x, filter] = [op.tensor('x'), op.tensor('filter')];
  const window = windowOf(op, kernelShape(op, filter, 5).slice(0, 3));
  const kernel = { weights: reordered(op, filter, [4, 3, 0, 1, 2]), group: 1 };
  return overSpace(op, x, 3, (x) => convolve(op, x, kernel, window, plain));
};

export const convolutionConverters = {
  _FusedConv2D: conv2d(fusedOf),
  Conv1D: conv1d,
  Conv2D: conv2d(() => plain),
  Conv3D: conv3d,
  DepthwiseConv2d: depthwise('input', () => plain),
  DepthwiseConv2dNative: depthwise('input', () => plain),
  FusedDepthwiseConv2dNative: depthwise('x', fusedOf),
} satisfies Record<string, OpConverter>;
