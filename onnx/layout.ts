import type { Dimension, Tensor } from './graph.js';

/**
 * Axis orders. A permutation is ONNX's `perm`: axis i of the result is axis `permutation[i]` of the source.
 * tfjs keeps channels last (batch, …space, channels), ONNX's convolutions and pools want (batch, channels, …space).
 */
export const channelsFirst = (rank: number): number[] => [0, rank - 1, ...range(1, rank - 1)];

/** The way back from `channelsFirst`. */
export const channelsLast = (rank: number): number[] => [0, ...range(2, rank), 1];

/** The integers from `start` up to, without, `end`. */
export const range = (start: number, end: number): number[] =>
  Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);

export const permute = <Item>(items: readonly Item[], permutation: readonly number[]): Item[] =>
  permutation.map((axis) => items[axis]);

export const inverse = (permutation: readonly number[]): number[] => {
  const result = new Array<number>(permutation.length);
  permutation.forEach((source, axis) => {
    result[source] = axis;
  });
  return result;
};

export const isIdentity = (permutation: readonly number[]): boolean =>
  permutation.every((source, axis) => source === axis);

/** Whether transposing moves axes of size 1 alone, so that the elements keep their order in memory. */
export function keepsElementOrder(shape: readonly Dimension[], permutation: readonly number[]): boolean {
  const moved = permutation.filter((axis) => shape[axis] !== 1);
  return moved.every((axis, i) => i === 0 || moved[i - 1] < axis);
}

export const elementCount = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** Sizes that are known, or undefined where one is symbolic. */
export const staticSizes = (shape: readonly Dimension[]): number[] | undefined =>
  shape.every((size) => typeof size === 'number') ? [...shape] : undefined;

/** The tensor with its elements moved to the permuted axis order. */
export function transposeTensor(tensor: Tensor, permutation: readonly number[]): Tensor {
  const shape = permute(tensor.shape, permutation);
  const sourceStrides = permute(stridesOf(tensor.shape), permutation);
  const from = tensor.data;
  const data = from.slice();
  const last = shape.length - 1;
  const rowLength = last < 0 ? 1 : shape[last];
  const rowStride = last < 0 ? 0 : sourceStrides[last];
  const index = new Array<number>(shape.length).fill(0);
  let source = 0;
  for (let i = 0; i < data.length; i += rowLength) {
    for (let k = 0; k < rowLength; k++) data[i + k] = from[source + k * rowStride];
    for (let axis = last - 1; axis >= 0; axis--) {
      source += sourceStrides[axis];
      if (++index[axis] < shape[axis]) break;
      source -= sourceStrides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return { ...tensor, shape, data };
}

/** The same elements under another shape of the same count. */
export const reshapeTensor = (tensor: Tensor, shape: readonly number[]): Tensor => ({ ...tensor, shape });

/** How far apart in memory neighbours along each axis of a row-major tensor lie. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1] * shape[axis + 1];
  return strides;
}
