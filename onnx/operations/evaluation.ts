import type { Value } from '../graph.js';
import type { OpConverter, OpScope } from './op-scope.js';

/**
 * The k largest along the last axis, largest first, of equal ones the first; k may be computed. What is asked for
 * unsorted comes sorted too: its order is nobody's promise.
 */
const convertTopK: OpConverter = (op) => {
  const k = op.emit('Reshape', [op.cast(op.tensor('k'), 'int64'), op.ints('vector', [1])]);
  const [values, indices] = op.emitAll('TopK', [op.tensor('x'), k], { axis: -1, largest: 1, sorted: 1 });
  return [values, op.cast(indices, 'int32')];
};

/** Different values (or slices along an axis) in the order of their first occurrence, and which of them each is. */
function unique(op: OpScope, axis: number): Value[] {
  const x = op.tensor('x');
  const known = x.type === 'float32' || x.type === 'string' ? x : op.cast(x, 'int64'); // onnxruntime has no int32 here
  const [values, , which] = op.emitAll('Unique', [known], { axis: op.axis(axis, x.shape.length), sorted: 0 });
  return [op.cast(values, x.type), op.cast(which, 'int32')];
}

/** The axis is a vector of one, or empty: the first. */
const convertUniqueV2: OpConverter = (op) => unique(op, op.optionalTensor('axis') ? (op.numbers('axis')[0] ?? 0) : 0);

/**
 * For each value the number of elements of its row before which it would stand: how many are less (or no more) than it.
 *
 *   sorted (rows, n), values (rows, m) → (rows, m)
 */
const bound =
  (before: 'Less' | 'LessOrEqual'): OpConverter =>
  (op) => {
    const [sorted, values] = [op.tensor('sortedSequence'), op.tensor('values')];
    if (sorted.shape.length !== 2 || values.shape.length !== 2)
      throw op.refusal(`values of ${values.shape.length} axes in ${sorted.shape.length}`, 'rows in rows: 2 axes each');
    const row = op.emit('Unsqueeze', [sorted, op.ints('row', [1])]); // (rows, 1, n)
    const column = op.emit('Unsqueeze', [values, op.ints('column', [2])]); // (rows, m, 1)
    const counted = op.cast(op.emit(before, [row, column]), 'int32');
    return op.emit('ReduceSum', [counted, op.ints('column', [2])], { keepdims: 0 });
  };

export const evaluationConverters = {
  LowerBound: bound('Less'),
  TopKV2: convertTopK,
  Unique: (op) => unique(op, 0),
  UniqueV2: convertUniqueV2,
  UpperBound: bound('LessOrEqual'),
} satisfies Record<string, OpConverter>;
