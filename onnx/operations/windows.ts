import { betweenTransposes, slideWindow } from '../converters/windows.js';
import type { Attribute, Dimension, Tensor, Value } from '../graph.js';
import { range, transposeTensor } from '../layout.js';
import type { OpScope } from './op-scope.js';

/** A convolution's or a pool's window as a node of a graph has it, one entry a spatial axis. */
export interface OpWindow {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: 'same' | 'valid' | 'explicit';
  /** All begins, then all ends, of explicit padding. */
  readonly pads: readonly number[];
}

export const isChannelsFirst = (op: OpScope): boolean => /^NC[DHW]/i.test(op.text('dataFormat'));

/** The window of a node with `rank` spatial axes; its lists have an entry for batch and channels too. */
export function windowOf(op: OpScope, kernel: readonly number[]): OpWindow {
  const padding = op.text('pad').toLowerCase();
  if (padding !== 'same' && padding !== 'valid' && padding !== 'explicit')
    throw op.refusal(`padding ${JSON.stringify(op.text('pad'))}`, 'SAME, VALID, EXPLICIT');
  return {
    kernel,
    strides: spatial(op, 'strides', kernel.length),
    dilations: spatial(op, 'dilations', kernel.length),
    padding,
    pads: padding === 'explicit' ? explicitPads(op) : [],
  };
}

/** The entries of a list that belong to the spatial axes; all 1 where the node does not say. */
export function spatial(op: OpScope, name: string, rank: number): number[] {
  const given = op.knownNumbers(name) ?? [];
  if (given.length === 0) return range(0, rank).map(() => 1);
  const from = isChannelsFirst(op) ? 2 : 1;
  return given.slice(from, from + rank);
}

/** [begin, end] of batch, height, width, channels in the order of the layout. */
function explicitPads(op: OpScope): number[] {
  const given = op.numbers('explicitPaddings');
  if (given.length !== 8)
    throw new RangeError(`${op.subject}: explicit_paddings has ${given.length} entries, wanted 8`);
  const axes = isChannelsFirst(op) ? [2, 3] : [1, 2];
  return [...axes.map((axis) => given[2 * axis]), ...axes.map((axis) => given[2 * axis + 1])];
}

/** ONNX's attributes for a window over these sizes. */
export function windowAttributes(
  op: OpScope,
  sizes: readonly Dimension[],
  { kernel, strides, dilations, padding, pads }: OpWindow,
): Record<string, Attribute> {
  if (padding === 'explicit') return { kernel_shape: [...kernel], strides: [...strides], pads: [...pads] };
  return slideWindow(op, sizes, { kernel, strides, dilations, padding }).attributes;
}

/**
 * Runs `operate` on (batch, channels, …space) and gives its result in the node's own layout. Without a batch axis, which
 * tfjs takes too, one is added and taken away.
 */
export function overSpace(op: OpScope, x: Value, spatialRank: number, operate: (x: Value) => Value): Value {
  const rank = spatialRank + 2;
  if (x.shape.length === rank - 1) {
    const axis = op.ints('batch_axis', [0]);
    return op.emit('Squeeze', [overSpace(op, op.emit('Unsqueeze', [x, axis]), spatialRank, operate), axis]);
  }
  if (x.shape.length !== rank) throw op.refusal(`an input of ${x.shape.length} axes`, `${rank}`);
  return isChannelsFirst(op) ? operate(x) : betweenTransposes(op, x, operate);
}

/** A weight with its axes in another order, one copy for all nodes that read it so; transposed at run time if computed. */
export function reordered(op: OpScope, weight: Value, permutation: number[], shape?: readonly number[]): Value {
  const { constant } = weight;
  if (!constant) {
    const moved = op.transpose(weight, permutation);
    return shape ? op.emit('Reshape', [moved, op.ints('kernel_shape', shape)]) : moved;
  }
  const key = `${weight.name} in the order ${permutation} ${shape}`;
  const known = op.constants.get(key);
  if (known) return known;
  const moved: Tensor = transposeTensor(constant, permutation);
  const value = op.graph.constant(weight.name, shape ? { ...moved, shape } : moved);
  op.constants.set(key, value);
  return value;
}

/** The sizes of a kernel. @throws TypeError where only running the model tells them */
export function kernelShape(op: OpScope, kernel: Value, rank: number): number[] {
  if (kernel.shape.length !== rank) throw op.refusal(`a kernel of ${kernel.shape.length} axes`, `${rank}`);
  if (!kernel.shape.every((size) => typeof size === 'number'))
    throw op.refusal(`a kernel of sizes [${kernel.shape}] that only running the model tells`, 'known sizes');
  return [...kernel.shape];
}
