import { type as dtype, fed, ints, type OpCase, weight } from './op-case.js';

export const scalar = (value: number, type: 'float32' | 'int32' = 'float32') => weight([], type, [value]);
const T = (type: 'float32' | 'int32' | 'bool') => ({ T: dtype(type) });
const from0To9 = { from: -2, to: 6 };

export const creationCases: OpCase[] = [
  { op: 'Fill', title: 'known', operands: [ints([2, 3]), scalar(1.5)], attributes: T('float32') },
  { op: 'Fill', title: 'large', operands: [ints([100, 50]), scalar(7, 'int32')], attributes: T('int32') },
  { op: 'Fill', title: 'a computed shape', operands: [fed([2], 'int32', [2, 3]), scalar(2)], attributes: T('float32') },
  { op: 'Fill', title: 'a computed value', operands: [ints([2, 3]), fed([])], attributes: T('float32') },
  { op: 'Fill', title: 'a scalar', operands: [ints([]), fed([], 'int32')], attributes: T('int32') },
  { op: 'Fill', title: 'nothing', operands: [ints([0, 3]), scalar(1)], attributes: T('float32') },
  ...(['Zeros', 'Ones'] as const).flatMap((op): OpCase[] => [
    { op, title: 'known', operands: [ints([2, 3])], attributes: T('int32') },
    { op, title: 'a computed shape', operands: [fed([2], 'int32', [2, 3])], attributes: T('float32') },
  ]),
  ...['ZerosLike', 'OnesLike'].flatMap((op): OpCase[] => [
    { op, title: 'an open size', operands: [fed([null, 3])] },
    { op, title: 'known sizes', operands: [fed([2, 3], 'int32')] },
    { op, title: 'bool', operands: [fed([null, 3], 'bool')] },
  ]),
  { op: 'LinSpace', title: 'known', operands: [scalar(-1), scalar(3), ints(7)], absolute: 1e-6 },
  { op: 'LinSpace', title: 'one', operands: [scalar(2), scalar(3), ints(1)] },
  {
    op: 'LinSpace',
    title: 'computed',
    operands: [fed([], 'float32', [-1]), fed([], 'float32', [2]), fed([], 'int32', [5])],
    absolute: 1e-6,
  },
  ...[
    [0, 5, 1],
    [2, 11, 3],
    [5, 0, -2],
    [3, 3, 1],
    [0, 5, -1],
  ].flatMap(([start, stop, step]): OpCase[] => [
    {
      op: 'Range',
      title: `${start} to ${stop} by ${step}`,
      operands: [ints(start), ints(stop), ints(step)],
      attributes: { Tidx: dtype('int32') },
    },
    {
      op: 'Range',
      title: `${start} to ${stop} by ${step}, computed`,
      operands: [start, stop, step].map((value) => fed([], 'int32', [value])),
      attributes: { Tidx: dtype('int32') },
    },
    {
      op: 'Range',
      title: `${start} to ${stop} by ${step}, computed fractions`,
      operands: [start, stop, step].map((value) => fed([], 'float32', [value / 4])),
      attributes: { Tidx: dtype('float32') },
    },
  ]),
  ...(['float32', 'int32', 'bool'] as const).map(
    (type): OpCase => ({
      op: 'OneHot',
      title: `${type}, with indices out of range`,
      operands: [fed([null, 4], 'int32', from0To9), ints(4), weight([], type, [1]), weight([], type, [0])],
      attributes: T(type),
    }),
  ),
  {
    op: 'OneHot',
    title: 'values of its own',
    operands: [fed([null], 'int32', from0To9), ints(3), scalar(5), scalar(-0.5)],
    attributes: { ...T('float32'), axis: { i: '-1' } },
  },
  {
    op: 'OneHot',
    title: 'computed depth and values',
    operands: [fed([null], 'int32', from0To9), fed([], 'int32', [5]), fed([], 'int32', [3]), fed([], 'int32', [9])],
    attributes: T('int32'),
  },
  {
    op: 'OneHot',
    title: 'a scalar',
    operands: [fed([], 'int32', [2]), ints(4), scalar(1), scalar(0)],
    attributes: T('float32'),
  },
].map((each) => ({ absolute: 0, ...each }));
