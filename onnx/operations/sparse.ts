import { tensorOf } from '../element-types.js';
import type { Value } from '../graph.js';
import type { OpConverter, OpScope } from './op-scope.js';

const firstAxis = (op: OpScope): Value => op.ints('first', [0]);
const lastAxis = (op: OpScope): Value => op.ints('last', [-1]);
const scalarOf = (op: OpScope, label: string, value: number): Value =>
  op.graph.constant(`${op.name}/${label}`, tensorOf('int64', [], [value]));
const zeroOf = (op: OpScope, { type }: Value): Value => op.like({ name: '', type, shape: [] }, 'zero', 0);
const lengthOf = (op: OpScope, x: Value): Value => op.emit('Shape', [x], { start: 0, end: 1 });

/** Σ of updates at rows: ScatterND (ai.onnx 16) onto zeros. */
function summed(op: OpScope, shape: Value, rows: Value, updates: Value): Value {
  const zeros = op.emit('Expand', [zeroOf(op, updates), shape]);
  return op.emit('ScatterND', [zeros, op.emit('Unsqueeze', [rows, lastAxis(op)]), updates], { reduction: 'add' });
}

const ones = (op: OpScope, length: Value): Value => op.emit('Expand', [scalarOf(op, 'one', 1), length]);

/** How many steps each index of a shape is, from the last to the first: (12, 4, 1) of (5, 3, 4). */
function strides(op: OpScope, shape: Value, rank: number): Value {
  const sizes = Array.from({ length: rank }, (_, i) => op.emit('Gather', [shape, op.ints('at', [i])], { axis: 0 }));
  const steps: Value[] = [op.ints('one', [1])];
  for (const size of sizes.slice(1).reverse()) steps.unshift(op.emit('Mul', [size, steps[0]]));
  return op.emit('Concat', steps, { axis: 0 });
}

function rankOf(op: OpScope, shape: Value): number {
  const [rank] = shape.shape;
  if (typeof rank === 'number') return rank;
  throw op.refusal('a shape whose number of sizes is computed', 'a known number of axes');
}

/** Places in a shape as places in another of as many elements; −1 in it is what is left. */
const convertReshape: OpConverter = (op) => {
  const indices = op.cast(op.tensor('inputIndices'), 'int64');
  const [from, wished] = ['inputShape', 'newShape'].map((name) => op.cast(op.tensor(name), 'int64'));
  const [rank, newRank] = [rankOf(op, from), rankOf(op, wished)];
  const steps = op.emit('Mul', [indices, strides(op, from, rank)]);
  const place = op.emit('ReduceSum', [steps, lastAxis(op)], { keepdims: 1 });
  const all = op.emit('ReduceProd', [from], { keepdims: 1 });
  const minusOne = op.ints('open', [-1]);
  const others = op.emit('Mul', [op.emit('ReduceProd', [wished], { keepdims: 1 }), minusOne]);
  const isOpen = op.emit('Equal', [wished, minusOne]);
  // Without an open size `others` is below one, and what is left is not read.
  const left = op.emit('Div', [all, op.emit('Max', [others, op.ints('one', [1])])]);
  const shape = op.emit('Where', [isOpen, left, wished]);
  const turned = op.emit('Mod', [op.emit('Div', [place, strides(op, shape, newRank)]), shape]);
  return [op.cast(turned, 'int32'), op.cast(shape, 'int32')];
};

/** Rows of data by indices, summed by segment; segments ascend, so that the last is the largest. */
function segmentSums(op: OpScope): { sums: Value; ids: Value; rows: Value } {
  const [data, indices] = [op.tensor('data'), op.tensor('indices')];
  const ids = op.cast(op.tensor('segmentIds'), 'int64');
  const none = op.ints('none', [-1]);
  const last = op.emit('ReduceMax', [op.emit('Concat', [none, ids], { axis: 0 })], { axes: [0], keepdims: 1 });
  const rows = op.emit('Add', [last, op.ints('one', [1])]);
  const rest = data.shape.length > 1 ? [op.emit('Shape', [data], { start: 1 })] : [];
  const shape = op.emit('Concat', [rows, ...rest], { axis: 0 });
  return { sums: summed(op, shape, ids, op.emit('Gather', [data, indices], { axis: 0 })), ids, rows };
}

/** Sums over how many there are; of segments without rows 0. */
const convertSegmentMean: OpConverter = (op) => {
  const { sums, ids, rows } = segmentSums(op);
  const counts = summed(op, rows, ids, ones(op, lengthOf(op, ids)));
  const least = op.cast(op.emit('Max', [counts, scalarOf(op, 'one', 1)]), sums.type);
  const axes = op.ints(
    'axes',
    sums.shape.slice(1).map((_, i) => i + 1),
  );
  return op.emit('Div', [sums, sums.shape.length > 1 ? op.emit('Unsqueeze', [least, axes]) : least]);
};

/**
 * Each row of a sparse matrix without an element gets one of the default value in its first column: appended, then all
 * sorted by row and place (TopK). The elements, their values, which rows were empty, where each element went.
 */
const convertFillEmptyRows: OpConverter = (op) => {
  const indices = op.cast(op.tensor('indices'), 'int64'); // (elements, rank)
  const values = op.tensor('values');
  const [, rank] = indices.shape;
  if (typeof rank !== 'number') throw op.refusal('a computed number of axes', 'a known one');
  const [zero, one] = [scalarOf(op, 'none', 0), scalarOf(op, 'step', 1)];
  const count = lengthOf(op, indices);
  const rows = op.cast(op.emit('Gather', [op.tensor('denseShape'), op.ints('rows', [0])], { axis: 0 }), 'int64');
  const ofRow = op.emit('Gather', [indices, zero], { axis: 1 });
  const empty = op.emit('Equal', [summed(op, rows, ofRow, ones(op, count)), zero]);
  const emptyRows = op.emit('Transpose', [op.emit('NonZero', [empty])], { perm: [1, 0] }); // (empty, 1)
  const ends = op.ints('columns', [0, 0, 0, rank - 1]);
  const filled = op.add('Pad', [emptyRows, ends], [emptyRows.shape[0], rank]);
  const all = op.emit('Concat', [indices, filled], { axis: 0 });
  const total = lengthOf(op, all);
  const places = op.emit('Range', [zero, op.emit('Squeeze', [total, firstAxis(op)]), one]);
  const key = op.emit('Add', [op.emit('Mul', [op.emit('Gather', [all, zero], { axis: 1 }), total]), places]);
  const [, order] = op.emitAll('TopK', [key, total], { axis: 0, largest: 0, sorted: 1 });
  const defaults = op.emit('Expand', [op.tensor('defaultValue'), lengthOf(op, emptyRows)]);
  const allValues = op.emit('Concat', [values, defaults], { axis: 0 });
  const went = op.emit('ScatterND', [places, op.emit('Unsqueeze', [order, lastAxis(op)]), places]);
  const ofElements = op.emit('Slice', [went, firstAxis(op), count, firstAxis(op)]);
  return [
    op.cast(op.emit('Gather', [all, order], { axis: 0 }), 'int32'),
    op.emit('Gather', [allValues, order], { axis: 0 }),
    empty,
    op.cast(ofElements, 'int32'),
  ];
};

export const sparseConverters = {
  SparseFillEmptyRows: convertFillEmptyRows,
  SparseReshape: convertReshape,
  SparseSegmentMean: convertSegmentMean,
  SparseSegmentSum: (op) => segmentSums(op).sums,
} satisfies Record<string, OpConverter>;
