import { fed, ints, type OpCase, text, weight } from './op-case.js';

const numbers = [-7, -6, -3, -2, -1, 0, 1, 2, 3, 6, 7];
/** Every pair of whole numbers of both signs, zero among them. */
const pairs = numbers.flatMap((a) => numbers.map((b) => [a, b]));
const firsts = pairs.map(([a]) => a);
const seconds = pairs.map(([, b]) => b);
const whole = { from: -9, to: 10 };

/** On fractions and whole numbers, broadcast both ways, with an open size, over a weight and a scalar. */
const everywhere = (op: string, range = { from: -2, to: 2 }): OpCase[] => [
  { op, title: 'an open size', operands: [fed([null, 3], 'float32', range), fed([null, 3], 'float32', range)] },
  { op, title: 'broadcast', operands: [fed([null, 1, 3], 'float32', range), fed([4, 1], 'float32', range)] },
  { op, title: 'over a weight', operands: [fed([null, 3], 'float32', range), weight([3], 'float32', range)] },
  { op, title: 'over a scalar', operands: [weight([], 'float32', [1.5]), fed([2, 3], 'float32', range)] },
  { op, title: 'scalars', operands: [fed([], 'float32', range), fed([], 'float32', range)] },
  { op, title: 'nothing', operands: [fed([0, 3]), fed([3])] },
];

const onIntegers = (op: string, values = whole): OpCase[] => [
  {
    op,
    title: 'whole numbers',
    operands: [fed([null, 8], 'int32', values), fed([8], 'int32', values)],
    absolute: 0,
  },
  {
    op,
    title: 'whole numbers, known',
    operands: [weight([8], 'int32', values), weight([8], 'int32', values)],
    absolute: 0,
  },
];

const ofSigns = (op: string): OpCase[] => [
  {
    op,
    title: 'all signs of whole numbers, and zero',
    operands: [fed([pairs.length], 'int32', firsts), fed([pairs.length], 'int32', seconds)],
    absolute: 0,
  },
  {
    op,
    title: 'all signs over a known number',
    operands: [fed([pairs.length], 'int32', firsts), ints(-3)],
    absolute: 0,
  },
  {
    op,
    title: 'all signs, known',
    operands: [weight([pairs.length], 'int32', firsts), weight([pairs.length], 'int32', seconds)],
    absolute: 0,
  },
];

const nonZero = seconds.map((b) => b || 0.5);

export const arithmeticCases: OpCase[] = [
  ...['Add', 'AddV2', 'Sub', 'Mul', 'Maximum', 'Minimum', 'SquaredDifference'].flatMap((op) => [
    ...everywhere(op),
    ...onIntegers(op),
  ]),
  ...['Div', 'RealDiv', 'DivNoNan'].flatMap((op) => [...everywhere(op, { from: 0.5, to: 2 }), ...ofSigns(op)]),
  ...['FloorDiv', 'FloorMod', 'Mod'].flatMap((op) => [
    ...ofSigns(op),
    {
      op,
      title: 'all signs of fractions',
      operands: [
        fed(
          [pairs.length],
          'float32',
          firsts.map((a) => a * 0.75),
        ),
        fed([pairs.length], 'float32', nonZero),
      ],
      absolute: 0,
    },
  ]),
  { op: 'DivNoNan', title: 'over zero', operands: [fed([4]), fed([4], 'float32', [0, 1, 0, -2])] },
  ...everywhere('Pow', { from: 0.5, to: 2 }),
  ...onIntegers('Pow', { from: 1, to: 5 }),
  {
    op: 'Pow',
    title: 'of numbers below zero',
    operands: [fed([4], 'float32', [-2, -1, 2, 0]), weight([4], 'float32', [3, -2, -1, 0])],
  },
  { op: 'Add', title: 'types meet', operands: [fed([3], 'int32', whole), fed([3])] },
  { op: 'AddN', title: 'one', operands: [fed([null, 3])] },
  { op: 'AddN', title: 'three', operands: [fed([null, 3]), fed([null, 3]), fed([null, 3])] },
  {
    op: 'AddN',
    title: 'whole numbers',
    operands: [fed([2, 3], 'int32', whole), fed([2, 3], 'int32', whole)],
    absolute: 0,
  },
  { op: 'BiasAdd', title: 'along the last axis', operands: [fed([null, 4, 3]), weight([3])] },
  {
    op: 'BiasAdd',
    title: 'said to be NHWC',
    operands: [fed([null, 2, 2, 3]), weight([3])],
    attributes: { data_format: text('NHWC') },
  },
];
