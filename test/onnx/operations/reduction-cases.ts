import { fed, ints, type OpCase, type Operand, weight } from './op-case.js';

const keep = { keep_dims: { b: true } };
const x = fed([null, 4, 3]);

/** Over one axis, several, one from the end, all, none; kept or not. */
const everyAxis = (op: string, operand: Operand, absolute: number): OpCase[] => [
  { op, title: 'one axis', operands: [operand, ints(1)], absolute },
  { op, title: 'the last, kept', operands: [operand, ints([-1])], attributes: keep, absolute },
  { op, title: 'two', operands: [operand, ints([0, -1])], absolute },
  { op, title: 'two, kept', operands: [operand, ints([2, 0])], attributes: keep, absolute },
  { op, title: 'all', operands: [operand, ints([0, 1, 2])], absolute },
  { op, title: 'all, kept', operands: [operand, ints([0, 1, 2])], attributes: keep, absolute },
  { op, title: 'none', operands: [operand, ints([])], absolute },
];

const few = fed([null, 4, 3], 'int32', { from: -3, to: 4 });
const scan = (exclusive: boolean, reverse: boolean) => ({ exclusive: { b: exclusive }, reverse: { b: reverse } });
const bins = ints(5);
const drawn = { from: 0, to: 7 };

export const reductionCases: OpCase[] = [
  ...['Sum', 'Mean', 'Max', 'Min', 'Prod'].flatMap((op) => everyAxis(op, x, 1e-5)),
  ...['Sum', 'Max', 'Min', 'Prod'].flatMap((op) =>
    everyAxis(op, few, 0).map((each) => ({ ...each, title: `${each.title}, of whole numbers` })),
  ),
  ...['All', 'Any'].flatMap((op) => everyAxis(op, fed([null, 2, 3], 'bool'), 0)),
  { op: 'Mean', title: 'whole numbers', operands: [few, ints(1)] },
  { op: 'Sum', title: 'bool', operands: [fed([null, 7], 'bool'), ints(1)], absolute: 0 },
  { op: 'Sum', title: 'known', operands: [weight([3, 4]), ints(1)] },
  { op: 'Sum', title: 'a scalar', operands: [fed([]), ints([])] },
  { op: 'Sum', title: 'nothing', operands: [fed([2, 0]), ints(1)], absolute: 0 },
  ...['ArgMax', 'ArgMin'].flatMap((op): OpCase[] => [
    { op, title: 'last axis', operands: [fed([null, 9]), ints(-1)], absolute: 0 },
    { op, title: 'middle axis', operands: [fed([null, 5, 2]), ints(1)], absolute: 0 },
    {
      op,
      title: 'of equal ones the first',
      operands: [fed([null, 40], 'int32', { from: 0, to: 3 }), ints(1)],
      absolute: 0,
    },
  ]),
  ...['Cumsum', 'Cumprod'].flatMap((op): OpCase[] => [
    { op, title: 'plain', operands: [x, ints(1)], attributes: scan(false, false) },
    { op, title: 'exclusive', operands: [x, ints(2)], attributes: scan(true, false) },
    { op, title: 'reverse', operands: [x, ints(0)], attributes: scan(false, true) },
    { op, title: 'both', operands: [x, ints(1)], attributes: scan(true, true) },
    { op, title: 'whole numbers', operands: [few, ints(1)], attributes: scan(false, false), absolute: 0 },
    { op, title: 'an open vector', operands: [fed([null]), ints(0)], attributes: scan(true, false) },
  ]),
  {
    op: 'Cumsum',
    title: 'along a computed axis',
    operands: [x, fed([], 'int32', [2])],
    attributes: scan(false, true),
  },
  ...['Bincount', 'DenseBincount'].flatMap((op): OpCase[] => [
    { op, title: 'counts', operands: [fed([null], 'int32', drawn), bins, weight([0])], absolute: 0 },
    { op, title: 'weights', operands: [fed([12], 'int32', drawn), bins, fed([12])] },
    {
      op,
      title: 'whole weights',
      operands: [fed([12], 'int32', drawn), bins, weight([12], 'int32', { from: -5, to: 5 })],
      absolute: 0,
    },
    { op, title: 'a computed size', operands: [fed([null], 'int32', drawn), fed([], 'int32', [4]), weight([0])] },
  ]),
  { op: 'DenseBincount', title: 'rows', operands: [fed([null, 9], 'int32', drawn), bins, weight([0])], absolute: 0 },
  { op: 'DenseBincount', title: 'rows, weighted', operands: [fed([3, 9], 'int32', drawn), bins, fed([3, 9])] },
  {
    op: 'DenseBincount',
    title: 'which occur',
    operands: [fed([null, 6], 'int32', drawn), bins, weight([0])],
    attributes: { binary_output: { b: true } },
    absolute: 0,
  },
];
