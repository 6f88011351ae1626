import type { Dimension, Value } from '../graph.js';
import { range, staticSizes } from '../layout.js';
import type { OpConverter, OpScope } from './op-scope.js';
import { beyond, placeAt, slice } from './sizes.js';

/** Concat, ConcatV2 → Concat (ai.onnx 13) of the first `N` along an axis known beforehand. */
const convertConcat: OpConverter = (op) => {
  const tensors = op.tensors('tensors').slice(0, Math.max(1, op.number('n')));
  const axis = op.axis(op.number('axis'), tensors[0].shape.length);
  return tensors.length === 1 ? tensors[0] : op.emit('Concat', tensors, { axis });
};

/**
 * Pack → Unsqueeze, Concat. As in tfjs, tensors that differ from the first in axes of size 1 alone are given its shape.
 */
const convertPack: OpConverter = (op) => {
  const tensors = op.tensors('tensors');
  const [{ shape }] = tensors;
  const sizes = staticSizes(shape);
  const axis = op.ints('axis', [op.axis(op.number('axis'), shape.length + 1)]);
  const rows = tensors.map((tensor) => {
    const alike = tensor.shape.length === shape.length || !sizes;
    return op.emit('Unsqueeze', [alike ? tensor : op.emit('Reshape', [tensor, op.ints('shape', sizes)]), axis]);
  });
  return rows.length === 1 ? rows[0] : op.emit('Concat', rows, { axis: op.axis(op.number('axis'), shape.length + 1) });
};

/** Unpack → a Gather (ai.onnx 13) for each. */
const convertUnpack: OpConverter = (op) => {
  const x = op.tensor('tensor');
  const axis = op.axis(op.number('axis'), x.shape.length);
  const size = x.shape[axis];
  const count = typeof size === 'number' ? size : op.number('num');
  if (count === 0) throw op.refusal(`axis ${axis} of unknown size`, 'a known one: give the shapes of the inputs');
  return range(0, count).map((i) => op.emit('Gather', [x, placeAt(op, i)], { axis }));
};

/** Split into equal parts → Split (ai.onnx 13). */
const convertSplit: OpConverter = (op) => {
  const x = op.tensor('x');
  const axis = op.axis(op.number('axis'), x.shape.length);
  const count = op.number('numOrSizeSplits');
  const size = x.shape[axis];
  if (typeof size === 'number' && size % count !== 0)
    throw new RangeError(`${op.subject}: ${size} elements along axis ${axis} do not go into ${count} equal parts`);
  if (count === 1) return [x];
  if (typeof size === 'number') return parts(op, x, axis, new Array<number>(count).fill(size / count));
  const part: Dimension = op.unknownSize(`size${axis}`);
  const shapes = range(0, count).map(() => x.shape.with(axis, part));
  if (x.type === 'bool')
    return op.addWithOutputs('Split', [op.cast(x, 'int32')], shapes, { axis }).map((y) => op.cast(y, 'bool'));
  return op.addWithOutputs('Split', [x], shapes, { axis });
};

/** SplitV → Split by sizes, of which one may be −1; cut from the end where only running the model tells it. */
const convertSplitV: OpConverter = (op) => {
  const x = op.tensor('x');
  const axis = op.axis(op.number('axis'), x.shape.length);
  const sizes = op.knownNumbers('numOrSizeSplits');
  if (!sizes) return op.emitAll('Split', [x, op.cast(op.tensor('numOrSizeSplits'), 'int64')], { axis });
  if (sizes.length === 1) return [x];
  const open = sizes.indexOf(-1);
  const total = x.shape[axis];
  const others = sizes.reduce((sum, size, i) => (i === open ? sum : sum + size), 0);
  if (open < 0) return parts(op, x, axis, sizes);
  if (typeof total === 'number') return parts(op, x, axis, sizes.with(open, total - others));
  return sizes.map((size, i) => {
    const start = sum(sizes.slice(0, i));
    const after = sum(sizes.slice(i + 1));
    if (i < open) return slice(op, x, [{ axis, start, end: start + size, step: 1 }]);
    return slice(op, x, [
      { axis, start: i === open ? start : -after - size, end: after === 0 ? beyond : -after, step: 1 },
    ]);
  });
};

const sum = (sizes: readonly number[]): number => sizes.reduce((a, b) => a + b, 0);

/** onnxruntime splits numbers alone; truth values, and constants, which are worked out at once, are cut by Slice. */
function parts(op: OpScope, x: Value, axis: number, sizes: readonly number[]): Value[] {
  if (x.type !== 'bool' && !x.constant && !x.elements)
    return op.emitAll('Split', [x, op.ints('sizes', sizes)], { axis });
  return sizes.map((size, i) => {
    const start = sum(sizes.slice(0, i));
    return slice(op, x, [{ axis, start, end: start + size, step: 1 }]);
  });
}

const convertTile: OpConverter = (op) => op.emit('Tile', [op.tensor('x'), op.cast(op.tensor('reps'), 'int64')]);

export const joinConverters = {
  Concat: convertConcat,
  ConcatV2: convertConcat,
  Pack: convertPack,
  Split: convertSplit,
  SplitV: convertSplitV,
  Tile: convertTile,
  Unpack: convertUnpack,
} satisfies Record<string, OpConverter>;
