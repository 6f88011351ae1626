import { fed, ints, type OpCase, text, weight } from './op-case.js';

const turns = (a: boolean, b: boolean) => ({ transpose_a: { b: a }, transpose_b: { b } });
const adjoints = (a: boolean, b: boolean) => ({ adj_x: { b: a }, adj_y: { b } });
export const fused = (...ops: string[]) => ({
  fused_ops: { list: { s: ops.map((op) => text(op).s) } },
  num_args: { i: ops[1] === 'Prelu' ? '2' : '1' },
});
export const equation = (value: string) => ({ equation: text(value) });

export const matricesCases: OpCase[] = [
  { op: 'MatMul', title: 'by weights', operands: [fed([null, 4]), weight([4, 3])] },
  { op: 'MatMul', title: 'both fed', operands: [fed([null, 4]), fed([4, 3])] },
  { op: 'MatMul', title: 'second transposed', operands: [fed([null, 4]), fed([3, 4])], attributes: turns(false, true) },
  {
    op: 'MatMul',
    title: 'both transposed',
    operands: [fed([4, null]), weight([3, 4])],
    attributes: turns(true, true),
  },
  {
    op: 'MatMul',
    title: 'whole numbers, transposed',
    operands: [fed([4, 2], 'int32', { from: -5, to: 5 }), fed([4, 3], 'int32', { from: -5, to: 5 })],
    attributes: turns(true, false),
    absolute: 0,
  },
  ...['BatchMatMul', 'BatchMatMulV2'].flatMap((op): OpCase[] => [
    { op, title: 'stacks', operands: [fed([null, 2, 4]), fed([null, 4, 3])] },
    { op, title: 'adjoints', operands: [fed([null, 4, 2]), fed([null, 3, 4])], attributes: adjoints(true, true) },
  ]),
  { op: 'BatchMatMulV2', title: 'broadcast', operands: [fed([null, 1, 2, 4]), fed([5, 4, 3])], batches: [1] },
  {
    op: 'BatchMatMulV2',
    title: 'by one matrix, transposed',
    operands: [fed([null, 2, 4]), weight([3, 4])],
    attributes: adjoints(false, true),
  },
  { op: '_FusedMatMul', title: 'nothing fused', operands: [fed([null, 4]), weight([4, 3])] },
  {
    op: '_FusedMatMul',
    title: 'bias',
    operands: [fed([null, 4]), weight([4, 3]), weight([3])],
    attributes: fused('BiasAdd'),
  },
  {
    op: '_FusedMatMul',
    title: 'bias, transposed',
    operands: [fed([4, null]), fed([3, 4]), fed([3])],
    attributes: { ...fused('BiasAdd'), ...turns(true, true) },
  },
  ...['Relu', 'Relu6', 'Elu', 'Sigmoid', 'LeakyRelu'].map(
    (activation): OpCase => ({
      op: '_FusedMatMul',
      title: activation,
      operands: [fed([null, 4]), weight([4, 3]), weight([3])],
      attributes: fused('BiasAdd', activation),
    }),
  ),
  {
    op: '_FusedMatMul',
    title: 'LeakyRelu of its own slope',
    operands: [fed([null, 4]), weight([4, 3]), weight([3])],
    attributes: { ...fused('BiasAdd', 'LeakyRelu'), leakyrelu_alpha: { f: 0.05 } },
  },
  {
    op: '_FusedMatMul',
    title: 'Prelu',
    operands: [fed([null, 4]), weight([4, 3]), weight([3]), weight([3])],
    attributes: fused('BiasAdd', 'Prelu'),
  },
  ...[
    [2, 0, 1],
    [0, 2, 1],
    [0, 1, 2],
  ].map(
    (perm): OpCase => ({
      op: 'Transpose',
      title: `${perm}`,
      operands: [fed([null, 3, 4]), ints(perm)],
      absolute: 0,
    }),
  ),
  { op: 'Transpose', title: 'bool', operands: [fed([2, 3], 'bool'), ints([1, 0])], absolute: 0 },
  { op: 'Transpose', title: 'known', operands: [weight([2, 3], 'int32'), ints([1, 0])], absolute: 0 },
  ...['ab,bc->ac', 'ab,cb->ca', 'ab,ab->', 'ab,c->abc'].map(
    (value): OpCase => ({
      op: 'Einsum',
      title: value,
      operands: [fed([null, 3]), value.includes(',c') && !value.includes('cb') ? fed([4]) : fed(shapeOf(value))],
      attributes: equation(value),
      batches: value === 'ab,ab->' ? [3] : [1, 3],
    }),
  ),
  { op: 'Einsum', title: 'abc->ca', operands: [fed([null, 3, 4])], attributes: equation('abc->ca') },
  {
    op: 'Einsum',
    title: 'attention',
    operands: [fed([null, 5, 2, 4]), fed([null, 6, 2, 4])],
    attributes: equation('bqhd,bkhd->bhqk'),
  },
  ...[
    [0, 0],
    [-1, 0],
    [0, -1],
    [1, 2],
    [-1, -1],
  ].flatMap(([lower, upper]): OpCase[] => [
    {
      op: 'MatrixBandPart',
      title: `${lower}, ${upper}`,
      operands: [fed([null, 4, 5]), ints(lower), ints(upper)],
      absolute: 0,
    },
    {
      op: 'MatrixBandPart',
      title: `${lower}, ${upper} computed, of whole numbers`,
      operands: [fed([4, 5], 'int32'), fed([], 'int32', [lower]), fed([], 'int32', [upper])],
      absolute: 0,
    },
  ]),
];

function shapeOf(value: string): number[] {
  return value.includes('bc') ? [3, 4] : value.includes('cb') ? [4, 3] : [3, 3];
}
