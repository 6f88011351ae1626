import { fed, ints, type OpCase, weight } from './op-case.js';

const exact = (cases: OpCase[]): OpCase[] => cases.map((each) => ({ absolute: 0, ...each }));
const n = (count: number) => ({ N: { i: String(count) } });
const axis = (value: number) => ({ axis: { i: String(value) } });

const joined: OpCase[] = [
  ...[1, -1].map((at) => ({
    op: 'ConcatV2',
    title: `axis ${at}`,
    operands: [fed([null, 2]), fed([null, 3]), ints(at)],
    attributes: n(2),
  })),
  {
    op: 'Concat',
    title: 'the axis first',
    operands: [ints(0), fed([null, 2], 'int32'), fed([2, 2], 'int32')],
    attributes: n(2),
  },
  { op: 'ConcatV2', title: 'truth values', operands: [fed([2], 'bool'), fed([3], 'bool'), ints(0)], attributes: n(2) },
  { op: 'ConcatV2', title: 'with nothing', operands: [fed([2, 3]), weight([0, 3]), ints(0)], attributes: n(2) },
  ...[0, 1, -1].map((at) => ({
    op: 'Pack',
    title: `axis ${at}`,
    operands: [fed([null, 3]), fed([null, 3])],
    attributes: axis(at),
  })),
  { op: 'Pack', title: 'scalars', operands: [fed([], 'int32'), weight([], 'int32', [5])], attributes: axis(0) },
  { op: 'Pack', title: 'one', operands: [fed([2], 'bool')], attributes: axis(0) },
  ...[1, -1].map((at) => ({
    op: 'Unpack',
    title: `axis ${at}`,
    operands: [fed([null, 3])],
    attributes: { ...axis(at), num: { i: '3' } },
    outputs: 3,
  })),
  {
    op: 'Unpack',
    title: 'a weight',
    operands: [weight([2, 2], 'int32')],
    attributes: { ...axis(0), num: { i: '2' } },
    outputs: 2,
  },
];

const split: OpCase[] = [
  ...[1, -1].map((at) => ({
    op: 'Split',
    title: `axis ${at}`,
    operands: [ints(at), fed([null, 6])],
    attributes: { num_split: { i: '3' } },
    outputs: 3,
  })),
  {
    op: 'Split',
    title: 'an open axis',
    operands: [ints(0), fed([null, 2], 'int32')],
    attributes: { num_split: { i: '2' } },
    outputs: 2,
    batches: [2, 6],
  },
  {
    op: 'Split',
    title: 'truth values',
    operands: [ints(0), fed([4], 'bool')],
    attributes: { num_split: { i: '2' } },
    outputs: 2,
  },
  { op: 'SplitV', title: 'known sizes', operands: [fed([null, 6]), ints([1, 3, 2]), ints(1)], outputs: 3 },
  {
    op: 'SplitV',
    title: 'what is left of a known size',
    operands: [fed([null, 6]), ints([1, -1, 2]), ints(-1)],
    outputs: 3,
  },
  {
    op: 'SplitV',
    title: 'what is left of an open size',
    operands: [fed([null, 2], 'int32'), ints([1, -1, 2]), ints(0)],
    outputs: 3,
    batches: [4, 7],
  },
];

const tiles: OpCase[] = [
  { op: 'Tile', title: 'known', operands: [fed([null, 2]), ints([2, 3])] },
  { op: 'Tile', title: 'fed', operands: [fed([null, 2], 'int32'), fed([2], 'int32', [1, 3])] },
  { op: 'Tile', title: 'truth values', operands: [fed([3], 'bool'), ints([2])] },
];

export const joinCases: readonly OpCase[] = [...exact(joined), ...exact(split), ...exact(tiles)];
