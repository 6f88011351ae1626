import { fed, ints, type OpCase, weight } from './op-case.js';

const matrix = { from: -2, to: 2 };

const fill = (title: string, rows: number, cells: readonly (readonly [number, number])[]): OpCase => ({
  op: 'SparseFillEmptyRows',
  title,
  operands: [
    fed([cells.length, 2], 'int32', cells.flat()),
    fed([cells.length], 'float32', matrix),
    fed([2], 'int32', [rows, 5]),
    fed([], 'float32', [-7]),
  ],
  outputs: 4,
  absolute: 0,
});

export const sparseCases: OpCase[] = [
  fill('rows empty in between and at the ends', 6, [
    [1, 0],
    [1, 3],
    [3, 4],
  ]),
  fill('no row empty', 2, [
    [0, 1],
    [1, 0],
    [1, 2],
  ]),
  fill('rows in any order', 4, [
    [3, 1],
    [0, 2],
    [3, 0],
    [0, 0],
  ]),
  {
    op: 'SparseReshape',
    title: 'shapes known',
    operands: [
      fed([3, 3], 'int32', [0, 1, 2, 1, 0, 3, 1, 2, 0]),
      weight([3], 'int32', [2, 3, 4]),
      weight([2], 'int32', [4, 6]),
    ],
    outputs: 2,
    absolute: 0,
  },
  {
    op: 'SparseReshape',
    title: 'shapes computed, one size open',
    operands: [
      fed([3, 3], 'int32', [0, 1, 2, 1, 0, 3, 1, 2, 0]),
      fed([3], 'int32', [2, 3, 4]),
      fed([2], 'int32', [-1, 6]),
    ],
    outputs: 2,
    absolute: 0,
  },
  {
    op: 'SparseReshape',
    title: 'to one axis, open',
    operands: [fed([2, 2], 'int32', [0, 1, 1, 4]), weight([2], 'int32', [2, 5]), ints([-1])],
    outputs: 2,
    absolute: 0,
  },
  ...(['SparseSegmentSum', 'SparseSegmentMean'] as const).flatMap((op): OpCase[] => [
    {
      op,
      title: 'rows, a segment left out',
      operands: [fed([null, 3]), fed([5], 'int32', [0, 0, 0, 0, 0]), fed([5], 'int32', [0, 0, 1, 3, 3])],
      batches: [1, 4],
      absolute: 1e-6,
    },
    {
      op,
      title: 'several axes, rows chosen',
      operands: [fed([4, 2, 3]), fed([4], 'int32', [3, 1, 0, 0]), fed([4], 'int32', [1, 1, 2, 2])],
      absolute: 1e-6,
    },
    {
      op,
      title: 'one axis',
      operands: [fed([4]), fed([4], 'int32', [3, 1, 0, 0]), weight([4], 'int32', [0, 0, 1, 2])],
      absolute: 1e-6,
    },
  ]),
];
