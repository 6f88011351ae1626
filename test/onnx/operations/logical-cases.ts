import { fed, type OpCase, weight } from './op-case.js';

const few = { from: -2, to: 2 };

const comparisons = ['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual'].flatMap((op): OpCase[] => [
  { op, title: 'whole numbers', operands: [fed([null, 20], 'int32', few), fed([20], 'int32', few)], absolute: 0 },
  { op, title: 'fractions, broadcast', operands: [fed([null, 1, 3]), fed([4, 1])], absolute: 0 },
  { op, title: 'with a known number', operands: [fed([4], 'float32', [1, 0, -1, 2]), weight([], 'float32', [1])] },
  { op, title: 'types meet', operands: [fed([4], 'int32', few), fed([4], 'float32', [1, 0, -1, 2])], absolute: 0 },
]);

const truths = (op: string): OpCase[] => [
  { op, title: 'an open size', operands: [fed([null, 9], 'bool'), fed([9], 'bool')], absolute: 0 },
  { op, title: 'broadcast', operands: [fed([null, 1, 3], 'bool'), weight([4, 1], 'bool')], absolute: 0 },
];

const select = (op: string): OpCase[] => [
  { op, title: 'alike', operands: [fed([null, 5], 'bool'), fed([null, 5]), fed([null, 5])], absolute: 0 },
  {
    op,
    title: 'whole numbers',
    operands: [fed([null, 5], 'bool'), fed([null, 5], 'int32'), fed([null, 5], 'int32')],
    absolute: 0,
  },
  {
    op,
    title: 'bool',
    operands: [fed([null, 5], 'bool'), fed([null, 5], 'bool'), fed([null, 5], 'bool')],
    absolute: 0,
  },
  { op, title: 'by a scalar', operands: [fed([], 'bool'), fed([2, 3]), weight([2, 3])], absolute: 0 },
  { op, title: 'known', operands: [weight([4], 'bool'), weight([4]), weight([4])], absolute: 0 },
];

export const logicalCases: OpCase[] = [
  ...comparisons,
  { op: 'Equal', title: 'bool', operands: [fed([null, 9], 'bool'), fed([9], 'bool')], absolute: 0 },
  { op: 'NotEqual', title: 'bool', operands: [fed([null, 9], 'bool'), fed([9], 'bool')], absolute: 0 },
  ...truths('LogicalAnd'),
  ...truths('LogicalOr'),
  { op: 'LogicalNot', title: 'an open size', operands: [fed([null, 9], 'bool')], absolute: 0 },
  ...select('Select'),
  ...select('SelectV2'),
  {
    op: 'SelectV2',
    title: 'all three broadcast',
    operands: [fed([null, 1], 'bool'), fed([1, 4]), weight([], 'float32', [7])],
    absolute: 0,
  },
];
