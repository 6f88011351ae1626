import type { Value } from '../graph.js';
import { filled } from './creation.js';
import type { OpConverter, OpScope } from './op-scope.js';

/**
 * How often each number from 0 up to `size` occurs, or the sum of the weights at its places; larger ones do not count.
 * Each place adds to the bin of its number; a bin more takes what is too large, and is cut off.
 *
 *   x (n) → (size),  x (rows, n) → (rows, size)
 *
 * tfjs refuses numbers below zero while it runs; the file does not look for them.
 */
function counts(op: OpScope, x: Value, binary: boolean): Value {
  const given = op.optionalTensor('weights');
  const type = given?.type ?? 'float32';
  const shape = op.emit('Shape', [x]);
  const weighted = given !== undefined && !given.shape.includes(0) && !binary;
  const updates = weighted ? op.emit('Reshape', [given, shape]) : filled(op, shape, type, 1);

  const size = op.emit('Reshape', [op.cast(op.tensor('size'), 'int64'), op.ints('vector', [1])]);
  const bins = op.emit('Add', [size, op.ints('more', [1])]);
  const axis = x.shape.length - 1;
  const sizes = axis === 0 ? bins : op.emit('Concat', [op.emit('Shape', [x], { end: axis }), bins], { axis: 0 });
  const places = op.emit('Min', [x, size]);
  const all = op.emit('ScatterElements', [filled(op, sizes, type, 0), places, updates], {
    axis,
    ...(!binary && { reduction: 'add' }),
  });
  return op.emit('Slice', [all, op.ints('start', [0]), size, op.ints('axis', [axis])]);
}

const flat = (op: OpScope, x: Value): Value =>
  x.shape.length === 1 ? x : op.emit('Reshape', [x, op.ints('flat', [-1])]);

const convertBincount: OpConverter = (op) => counts(op, flat(op, op.cast(op.tensor('x'), 'int64')), false);

/** With `binary_output` 1 for what occurs. Deviation from TensorFlow: of a vector tfjs counts even then, and so does the file. */
const convertDenseBincount: OpConverter = (op) => {
  const x = op.cast(op.tensor('x'), 'int64');
  const rank = x.shape.length;
  if (rank > 2) throw op.refusal(`a tensor of ${rank} axes`, 'a vector, or rows (two axes)');
  return rank === 2 ? counts(op, x, op.boolean('binaryOutput')) : counts(op, flat(op, x), false);
};

export const countingConverters = {
  Bincount: convertBincount,
  DenseBincount: convertDenseBincount,
} satisfies Record<string, OpConverter>;
