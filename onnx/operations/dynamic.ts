import type { OpConverter } from './op-scope.js';

/** Where → NonZero (ai.onnx 13), the places of what is not 0, one a row. */
const convertWhere: OpConverter = (op) => {
  const places = op.emit('NonZero', [op.cast(op.tensor('condition'), 'bool')]);
  return op.cast(op.transpose(places, [1, 0]), 'int32');
};

/** ListDiff: the elements of x that y has not, and their places: each compared with each. */
const convertListDiff: OpConverter = (op) => {
  const [x, y] = [op.tensor('x'), op.tensor('y')];
  if (x.type === 'string') throw op.refusal('a list of texts', 'numbers: ONNX compares texts from opset 19 on');
  const same = op.emit('Equal', [op.emit('Unsqueeze', [x, op.ints('row', [1])]), y]);
  const count = op.emit('ReduceSum', [op.cast(same, 'int32'), op.ints('along', [1])], { keepdims: 0 });
  const missing = op.emit('Equal', [count, op.like(count, 'none', 0)]);
  const places = op.emit('Squeeze', [op.emit('NonZero', [missing]), op.ints('axis', [0])]);
  return [op.emit('Gather', [x, places], { axis: 0 }), op.cast(places, 'int32')];
};

export const dynamicConverters = {
  ListDiff: convertListDiff,
  Where: convertWhere,
} satisfies Record<string, OpConverter>;
