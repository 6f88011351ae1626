import { fed, type OpCase, weight } from './op-case.js';

/** Where each function is defined and steep nowhere. */
const domains: Readonly<Record<string, { from: number; to: number }>> = {
  Acos: { from: -0.95, to: 0.95 },
  Acosh: { from: 1.1, to: 4 },
  Asin: { from: -0.95, to: 0.95 },
  Asinh: { from: -3, to: 3 },
  Atan: { from: -9, to: 9 },
  Atanh: { from: -0.9, to: 0.9 },
  Ceil: { from: -5, to: 5 },
  Cos: { from: -5, to: 5 },
  Cosh: { from: -2, to: 2 },
  Elu: { from: -3, to: 3 },
  Erf: { from: -3, to: 3 },
  Exp: { from: -3, to: 2 },
  Expm1: { from: -2, to: 2 },
  Floor: { from: -5, to: 5 },
  Log: { from: 0.1, to: 5 },
  Log1p: { from: -0.9, to: 5 },
  Reciprocal: { from: 0.5, to: 3 },
  Rsqrt: { from: 0.5, to: 3 },
  Selu: { from: -3, to: 3 },
  Sigmoid: { from: -5, to: 5 },
  Sin: { from: -5, to: 5 },
  Sinh: { from: -2, to: 2 },
  Softplus: { from: -20, to: 20 },
  Sqrt: { from: 0, to: 5 },
  Tan: { from: -1.2, to: 1.2 },
  Tanh: { from: -4, to: 4 },
  Abs: { from: -3, to: 3 },
  Neg: { from: -3, to: 3 },
  Relu: { from: -3, to: 3 },
  Relu6: { from: -3, to: 9 },
  Sign: { from: -3, to: 3 },
  Square: { from: -3, to: 3 },
};

const everywhere = Object.entries(domains).flatMap(([op, range]): OpCase[] => [
  { op, title: 'an open size', operands: [fed([null, 3, 7], 'float32', range)] },
  { op, title: 'a scalar', operands: [fed([], 'float32', range)] },
  { op, title: 'known', operands: [weight([5], 'float32', range)] },
]);

/** Those that tfjs and TensorFlow have for whole numbers. */
const onIntegers = ['Abs', 'Neg', 'Relu', 'Relu6', 'Sign', 'Square', 'Round', 'Reciprocal', 'Exp', 'Erf'].map(
  (op): OpCase => ({
    op,
    title: 'whole numbers',
    operands: [fed([null, 12], 'int32', op === 'Reciprocal' ? { from: 1, to: 4 } : { from: -4, to: 4 })],
    absolute: ['Erf', 'Exp'].includes(op) ? 1e-5 : 0,
  }),
);

const odd = [Number.NaN, Infinity, -Infinity, 0, 1];
const halves = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 0.49999997, -1.2, 7];

export const basicMathCases: OpCase[] = [
  ...everywhere,
  ...onIntegers,
  { op: 'Round', title: 'halves to even', operands: [fed([halves.length], 'float32', halves)], absolute: 0 },
  { op: 'Round', title: 'halves, known', operands: [weight([halves.length], 'float32', halves)], absolute: 0 },
  { op: 'Sign', title: 'zero', operands: [fed([3], 'float32', [-0.5, 0, 2])], absolute: 0 },
  ...['IsNan', 'IsInf', 'IsFinite'].flatMap((op): OpCase[] => [
    { op, title: 'all kinds', operands: [fed([5], 'float32', odd)], absolute: 0 },
    { op, title: 'whole numbers', operands: [fed([null, 3], 'int32')], absolute: 0 },
  ]),
  {
    op: 'Atan2',
    title: 'all quadrants and axes',
    operands: [
      fed([9], 'float32', [1, 1, -1, -1, 0, 0, 1, -1, 0]),
      fed([9], 'float32', [1, -2, 3, -4, 1, -1, 0, 0, 0]),
    ],
    absolute: 1e-6,
  },
  { op: 'Atan2', title: 'broadcast', operands: [fed([null, 1, 3]), fed([4, 1])] },
  ...['ClipByValue'].flatMap((op): OpCase[] => [
    {
      op,
      title: 'known bounds',
      operands: [fed([null, 9]), weight([], 'float32', [-0.5]), weight([], 'float32', [1])],
    },
    {
      op,
      title: 'fed bounds',
      operands: [fed([null, 9]), fed([], 'float32', [-0.5]), fed([1], 'float32', [1])],
    },
    {
      op,
      title: 'whole numbers',
      operands: [fed([null, 9], 'int32', { from: -9, to: 9 }), weight([], 'int32', [-3]), weight([], 'int32', [4])],
      absolute: 0,
    },
  ]),
  { op: 'LeakyRelu', title: 'default', operands: [fed([null, 5])] },
  { op: 'LeakyRelu', title: 'alpha', operands: [fed([null, 5])], attributes: { alpha: { f: 0.03 } } },
  { op: 'Prelu', title: 'a slope a channel', operands: [fed([null, 4, 3]), weight([3])] },
  { op: 'Prelu', title: 'a slope an element', operands: [fed([null, 4, 3]), weight([4, 3])] },
  { op: 'Prelu', title: 'x broadcast to the slope', operands: [fed([3]), fed([4, 3])] },
];
