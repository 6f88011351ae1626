import type { Dimension, Value } from '../graph.js';
import { elementsOf } from '../infer/known.js';
import type { OpScope } from './op-scope.js';

/** Beyond every size: the end of a Slice that goes on to the last element, or its start from there. */
export const beyond = 2 ** 31 - 1;
/** Before every element: the end of a Slice that goes backwards to the first. */
export const before = -(2 ** 31);

/** Size of one axis as a vector of one int64; a constant where it is known. */
export function sizeOf(op: OpScope, x: Value, axis: number): Value {
  const size = x.shape[axis];
  return typeof size === 'number' ? op.ints('size', [size]) : op.emit('Shape', [x], { start: axis, end: axis + 1 });
}

/** A place along an axis, as Gather takes it where the axis is to go. */
export const placeAt = (op: OpScope, index: number): Value =>
  op.graph.constant(`${op.name}/index`, { type: 'int64', shape: [], data: BigInt64Array.of(BigInt(index)) });

/** Sizes, known and computed (vectors of one), as one vector of int64. */
export const sizeVector = (op: OpScope, sizes: readonly (number | Value)[]): Value =>
  op.emit(
    'Concat',
    sizes.map((size) => (typeof size === 'number' ? op.ints('size', [size]) : size)),
    { axis: 0 },
  );

/** One element of a vector as a vector of one int64; a constant where it is known. */
export function elementOf(op: OpScope, vector: Value, index: number): Value {
  const known = elementsOf(vector)?.[index];
  if (typeof known === 'number') return op.ints('element', [known]);
  return op.cast(op.emit('Slice', [vector, op.ints('from', [index]), op.ints('to', [index + 1])]), 'int64');
}

/**
 * Reshape (ai.onnx 14) to the sizes in a vector, which in TensorFlow may be computed and where 0 is no size to keep but
 * no elements. What is known of the sizes is written into the file: a size that stays in its place as 0, one that is
 * computed as −1.
 */
export function reshapeTo(op: OpScope, x: Value, shape: Value): Value {
  const sizes = elementsOf(shape);
  const target = sizes && knownTarget(x, sizes);
  if (!sizes || !target) {
    const target = op.cast(shape, 'int64');
    return sizes?.includes(0) ? op.emit('Reshape', [x, target], { allowzero: 1 }) : op.emit('Reshape', [x, target]);
  }
  const inputs = [x, op.ints('shape', target)];
  const named = sizes.every((size): size is Dimension => size !== undefined && size !== -1);
  if (x.constant || x.elements || !named) return op.emit('Reshape', inputs);
  return op.add('Reshape', inputs, sizes);
}

/** Sizes for Reshape's constant: of those that are not numbers at most one is left to it. Undefined where more are. */
function knownTarget(x: Value, sizes: readonly (Dimension | undefined)[]): number[] | undefined {
  if (sizes.includes(0)) return undefined;
  const target = sizes.map((size, axis) => {
    if (typeof size === 'number') return size;
    return size !== undefined && size === x.shape[axis] ? 0 : -1;
  });
  return target.filter((size) => size === -1).length <= 1 ? target : undefined;
}

/** One bound an axis of a Slice: known, or computed as a vector of one int64. */
export interface Bounds {
  readonly axis: number;
  readonly start: number | Value;
  readonly end: number | Value;
  readonly step: number;
}

/** Slice (ai.onnx 13) along the axes that are cut; nothing where none is. */
export function slice(op: OpScope, x: Value, bounds: readonly Bounds[]): Value {
  const cut = bounds.filter(({ start, end, step }) => start !== 0 || end !== beyond || step !== 1);
  if (cut.length === 0) return x;
  const ends = ['start', 'end'] as const;
  return op.emit('Slice', [
    x,
    ...ends.map((side) =>
      sizeVector(
        op,
        cut.map((bound) => bound[side]),
      ),
    ),
    op.ints(
      'axes',
      cut.map(({ axis }) => axis),
    ),
    op.ints(
      'steps',
      cut.map(({ step }) => step),
    ),
  ]);
}
