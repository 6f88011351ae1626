import { fed, ints, type OpCase, weight } from './op-case.js';

const many = { from: 0, to: 6 };
const sorted = (...rows: number[][]) => weight([rows.length, rows[0].length], 'float32', rows.flat());

export const evaluationCases: OpCase[] = [
  { op: 'TopKV2', title: 'sorted', operands: [fed([null, 9]), ints(4)], attributes: { sorted: { b: true } } },
  {
    op: 'TopKV2',
    title: 'of equal ones the first',
    operands: [fed([null, 3, 30], 'int32', many), ints(12)],
    attributes: { sorted: { b: true } },
  },
  { op: 'TopKV2', title: 'all', operands: [fed([5]), ints(5)], attributes: { sorted: { b: true } } },
  {
    op: 'TopKV2',
    title: 'a computed k',
    operands: [fed([null, 9]), fed([], 'int32', [3])],
    attributes: { sorted: { b: true } },
  },
  { op: 'Unique', title: 'fractions', operands: [fed([7], 'float32', [3, 1, 3, 2.5, 1, 3, 0])], dynamic: true },
  { op: 'Unique', title: 'whole numbers', operands: [fed([30], 'int32', many)], dynamic: true },
  { op: 'UniqueV2', title: 'no axis', operands: [fed([30], 'int32', many), ints([])], dynamic: true },
  {
    op: 'UniqueV2',
    title: 'rows',
    operands: [fed([5, 2], 'int32', [3, 1, 2, 2, 3, 1, 0, 9, 2, 2]), ints([0])],
    dynamic: true,
  },
  {
    op: 'UniqueV2',
    title: 'columns',
    operands: [fed([2, 4], 'float32', [3, 1, 3, 0, 2, 2, 2, 2]), ints([1])],
    dynamic: true,
  },
  ...['LowerBound', 'UpperBound'].flatMap((op): OpCase[] => [
    {
      op,
      title: 'between, at, before and after',
      operands: [sorted([0, 3, 9, 9, 10], [1, 2, 3, 4, 5]), fed([2, 3], 'float32', [2, 9, 11, 0, 2.5, 5])],
      outputs: 1,
    },
    {
      op,
      title: 'whole numbers',
      operands: [fed([1, 5], 'int32', [0, 3, 9, 9, 10]), fed([1, 6], 'int32', [0, 4, 9, 10, 11, -1])],
      outputs: 1,
    },
  ]),
].map((each) => ({ outputs: 2, absolute: 0, ...each }));
