import type { Value } from '../graph.js';
import { range } from '../layout.js';
import type { OpConverter, OpScope } from './op-scope.js';

/**
 * Gather, GatherV2 → Gather (ai.onnx 13). With batch dimensions, along which x and the indices go in step, → GatherND on x
 * with the axis moved behind them: (batch…, before…, axis, after…) → (batch…, indices…, before…, after…) → before… first.
 */
const convertGather: OpConverter = (op) => {
  const [x, given] = [op.tensor('x'), op.tensor('indices')];
  const rank = x.shape.length;
  const axis = op.node.op === 'Gather' ? 0 : op.axis(op.number('axis'), rank);
  const indices = op.cast(given, given.type === 'int64' ? 'int64' : 'int32');
  const listed = op.node.op === 'Gather' ? 0 : op.number('batchDims');
  const batch = listed < 0 ? listed + indices.shape.length : listed;
  if (batch === 0) return op.emit('Gather', [x, indices], { axis });

  const inside = range(batch, axis);
  const moved = op.transpose(x, [...range(0, batch), axis, ...inside, ...range(axis + 1, rank)]);
  const places = op.emit('Unsqueeze', [op.cast(indices, 'int64'), op.ints('last', [-1])]);
  const picked = op.emit('GatherND', [moved, places], { batch_dims: batch });
  const count = indices.shape.length - batch;
  const from = batch + count;
  return op.transpose(picked, [
    ...range(0, batch),
    ...range(from, from + inside.length),
    ...range(batch, from),
    ...range(from + inside.length, picked.shape.length),
  ]);
};

const convertGatherNd: OpConverter = (op) =>
  op.emit('GatherND', [op.tensor('x'), op.cast(op.tensor('indices'), 'int64')]);

/** Tuples of places, one a row: tfjs takes a vector for tuples of one. */
function tuples(op: OpScope, name: string): Value {
  const indices = op.cast(op.tensor(name), 'int64');
  const missing = 2 - indices.shape.length;
  if (missing <= 0) return indices;
  return op.emit('Unsqueeze', [indices, op.ints('tuple_axes', missing === 2 ? [0, 1] : [1])]);
}

/** A scalar that goes to all places, once for each. */
function oneEach(op: OpScope, values: Value, places: Value): Value {
  if (values.shape.length > 0) return values;
  const counts = op.emit('Shape', [places], { start: 0, end: places.shape.length - 1 });
  return op.emit('Expand', [values, counts]);
}

/** Zeros of a shape, or one value all over. */
const filled = (op: OpScope, value: Value, shape: string): Value =>
  op.emit('Expand', [value, op.cast(op.tensor(shape), 'int64')]);

/** ScatterNd → ScatterND (ai.onnx 16) into zeros, adding where places come twice. */
const convertScatterNd: OpConverter = (op) => {
  const values = op.tensor('values');
  const places = tuples(op, 'indices');
  const zeros = filled(op, op.like(values, 'zero', 0), 'shape');
  return op.emit('ScatterND', [zeros, places, values], { reduction: 'add' });
};

/** TensorScatterUpdate → ScatterND (ai.onnx 16). Which of two values for one place stays, ONNX does not say. */
const convertTensorScatterUpdate: OpConverter = (op) => {
  const places = tuples(op, 'indices');
  return op.emit('ScatterND', [op.tensor('tensor'), places, oneEach(op, op.tensor('values'), places)]);
};

/** SparseToDense → ScatterND into the default value. */
const convertSparseToDense: OpConverter = (op) => {
  const values = op.tensor('sparseValues');
  const places = tuples(op, 'sparseIndices');
  const dense = filled(op, op.cast(op.tensor('defaultValue'), values.type), 'outputShape');
  return op.emit('ScatterND', [dense, places, oneEach(op, values, places)]);
};

export const gatherConverters = {
  Gather: convertGather,
  GatherNd: convertGatherNd,
  GatherV2: convertGather,
  ScatterNd: convertScatterNd,
  SparseToDense: convertSparseToDense,
  TensorScatterUpdate: convertTensorScatterUpdate,
} satisfies Record<string, OpConverter>;
