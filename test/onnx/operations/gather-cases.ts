import { fed, ints, type OpCase, weight } from './op-case.js';

const exact = (cases: OpCase[]): OpCase[] => cases.map((each) => ({ absolute: 0, ...each }));
const places = { from: 0, to: 3 };

const gathers: OpCase[] = [
  { op: 'Gather', title: 'rows', operands: [fed([3, 4]), fed([null, 2], 'int32', places)] },
  { op: 'GatherV2', title: 'a scalar index', operands: [fed([3, 4], 'bool'), fed([], 'int32', places), ints(0)] },
  ...[0, 1, -1].map((axis) => ({
    op: 'GatherV2',
    title: `axis ${axis}`,
    operands: [fed([5, 4, 3]), fed([null], 'int32', places), ints(axis)],
  })),
  { op: 'GatherV2', title: 'indices of floats', operands: [fed([5, 4]), weight([2], 'float32', [0, 2]), ints(1)] },
  { op: 'GatherV2', title: 'a weight by known places', operands: [weight([5, 4], 'int32'), ints([3, 1]), ints(0)] },
  ...[1, 2, 3].map((axis) => ({
    op: 'GatherV2',
    title: `axis ${axis} in batches`,
    operands: [fed([null, 4, 3, 5]), fed([null, 2], 'int32', places), ints(axis)],
    attributes: { batch_dims: { i: '1' } },
  })),
  {
    op: 'GatherV2',
    title: 'two batch axes, counted from the end',
    operands: [fed([null, 2, 3], 'int32'), fed([null, 2, 4], 'int32', places), ints(2)],
    attributes: { batch_dims: { i: '-1' } },
  },
  { op: 'GatherNd', title: 'elements', operands: [fed([3, 4]), fed([null, 2], 'int32', places)] },
  { op: 'GatherNd', title: 'rows', operands: [fed([3, 4], 'bool'), fed([null, 2, 1], 'int32', places)] },
];

const scatters: OpCase[] = [
  {
    op: 'ScatterNd',
    title: 'duplicates add',
    operands: [fed([4, 1], 'int32', [1, 3, 1, 0]), fed([4, 2]), ints([5, 2])],
    absolute: 1e-6,
  },
  {
    op: 'ScatterNd',
    title: 'whole numbers into a shape that is fed',
    operands: [fed([3, 2], 'int32', [0, 1, 2, 2, 0, 1]), fed([3], 'int32'), fed([2], 'int32', [3, 4])],
  },
  {
    op: 'TensorScatterUpdate',
    title: 'rows',
    operands: [fed([5, 2]), fed([2, 1], 'int32', [4, 1]), fed([2, 2])],
  },
  {
    op: 'TensorScatterUpdate',
    title: 'whole numbers',
    operands: [fed([5], 'int32'), fed([2, 1], 'int32', [4, 1]), fed([2], 'int32')],
  },
  {
    op: 'SparseToDense',
    title: 'a vector of places',
    operands: [fed([3], 'int32', [0, 4, 2]), ints([6]), fed([3]), weight([], 'float32', [-1])],
  },
  {
    op: 'SparseToDense',
    title: 'one value, a matrix',
    operands: [fed([2, 2], 'int32', [0, 1, 2, 2]), ints([3, 3]), fed([], 'int32'), weight([], 'int32', [7])],
  },
  {
    op: 'SparseToDense',
    title: 'one place',
    operands: [fed([], 'int32', [2]), ints([4]), fed([]), weight([], 'float32', [0])],
  },
  {
    op: 'SparseToDense',
    title: 'truth values',
    operands: [fed([2], 'int32', [0, 3]), ints([5]), fed([2], 'bool'), weight([], 'bool', [0])],
  },
];

export const gatherCases: readonly OpCase[] = [...exact(gathers), ...exact(scatters)];
