import { elementCount, range, stridesOf } from '../layout.js';

/**
 * For each element of a result, in order, the place in the source that the coordinates name.
 *
 * @param place index of a result's element → place in the source
 */
export function places(shape: readonly number[], place: (index: readonly number[]) => number): number[] {
  const strides = stridesOf(shape);
  return range(0, elementCount(shape)).map((i) =>
    place(strides.map((stride, axis) => Math.floor(i / stride) % shape[axis])),
  );
}

/** Where each element of the broadcast result comes from: sizes of 1 repeat, axes align at the last. */
export function broadcastIndices(from: readonly number[], to: readonly number[]): number[] {
  const strides = stridesOf(from);
  const skipped = to.length - from.length;
  return places(to, (index) =>
    from.reduce((place, size, axis) => place + (size === 1 ? 0 : index[axis + skipped] * strides[axis]), 0),
  );
}
