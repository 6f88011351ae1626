import type { Value } from '../graph.js';
import { range } from '../layout.js';
import { operands, widerType } from './arithmetic.js';
import type { OpConverter, OpScope } from './op-scope.js';

const comparison =
  (onnx: string): OpConverter =>
  (op) =>
    op.emit(onnx, operands(op));

/** @throws TypeError for texts: ONNX compares them from opset 19 on */
function equal(op: OpScope): Value {
  const [a, b] = [op.tensor('a'), op.tensor('b')];
  if (a.type === 'string' || b.type === 'string')
    throw op.refusal('comparing texts, which ONNX has from opset 19 on,', 'numbers, bool');
  return op.emit('Equal', a.type === 'bool' && b.type === 'bool' ? [a, b] : operands(op));
}

const logical =
  (onnx: string): OpConverter =>
  (op) =>
    op.emit(onnx, [op.cast(op.tensor('a'), 'bool'), op.cast(op.tensor('b'), 'bool')]);

/** condition ? a : b, all three broadcast. onnxruntime's Where knows no bool: (condition ∧ a) ∨ (¬condition ∧ b). */
export function select(op: OpScope, condition: Value, a: Value, b: Value): Value {
  const truth = op.cast(condition, 'bool');
  if (a.type === 'bool' && b.type === 'bool') {
    const otherwise = op.emit('And', [op.emit('Not', [truth]), b]);
    return op.emit('Or', [op.emit('And', [truth, a]), otherwise]);
  }
  const type = widerType(a.type, b.type);
  return op.emit('Where', [truth, op.cast(a, type), op.cast(b, type)]);
}

const convertSelectV2: OpConverter = (op) => select(op, op.tensor('condition'), op.tensor('a'), op.tensor('b'));

/**
 * As SelectV2, but a vector as condition chooses whole rows.
 *
 * Deviation: tfjs 4.22 aligns the vector with the last axis; the file chooses as TensorFlow defines it.
 */
const convertSelect: OpConverter = (op) => {
  const [condition, a, b] = ['condition', 'a', 'b'].map((name) => op.tensor(name));
  const rank = a.shape.length;
  if (condition.shape.length !== 1 || rank < 2) return select(op, condition, a, b);
  return select(op, op.emit('Unsqueeze', [condition, op.ints('axes', range(1, rank))]), a, b);
};

const bits = range(0, 32).map((bit) => 2 ** bit);

/**
 * Bit by bit, as ONNX has the operator from opset 18 on alone: Σ 2^k · bit k of x · bit k of y, in int64; bit k of v is
 * ⌊v / 2^k⌋ mod 2 of v mod 2³², and sums from 2³¹ on stand for numbers below zero.
 */
const convertBitwiseAnd: OpConverter = (op) => {
  const int64 = (label: string, values: number[], shape: number[] = []) =>
    op.constant(label, () => ({ type: 'int64', shape, data: BigInt64Array.from(values, BigInt) }));
  const powers = int64('powers', bits, [32]);
  const [turn, last] = [int64('turn', [2 ** 32]), op.ints('last', [-1])];
  const [x, y] = ['x', 'y'].map((name) => {
    const positive = op.emit('Mod', [op.cast(op.tensor(name), 'int64'), turn]);
    const shifted = op.emit('Div', [op.emit('Unsqueeze', [positive, last]), powers]);
    return op.emit('Mod', [shifted, int64('two', [2])]);
  });
  const common = op.emit('Mul', [op.emit('Mul', [x, y]), powers]);
  const sum = op.emit('ReduceSum', [common, last], { keepdims: 0 });
  const negative = op.emit('GreaterOrEqual', [sum, int64('half', [2 ** 31])]);
  return op.cast(op.emit('Where', [negative, op.emit('Sub', [sum, turn]), sum]), 'int32');
};

export const logicalConverters = {
  BitwiseAnd: convertBitwiseAnd,
  Equal: equal,
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterOrEqual'),
  Less: comparison('Less'),
  LessEqual: comparison('LessOrEqual'),
  LogicalAnd: logical('And'),
  LogicalNot: (op) => op.emit('Not', [op.cast(op.tensor('a'), 'bool')]),
  LogicalOr: logical('Or'),
  NotEqual: (op) => op.emit('Not', [equal(op)]),
  Select: convertSelect,
  SelectV2: convertSelectV2,
} satisfies Record<string, OpConverter>;
