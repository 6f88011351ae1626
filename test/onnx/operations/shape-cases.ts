import { type DataType, fed, integers, ints, type OpCase, text, type, weight } from './op-case.js';

const exact = { absolute: 0 };
const exactly = (...cases: OpCase[]): OpCase[] => cases.map((each) => ({ ...exact, ...each }));
const types: DataType[] = ['float32', 'int32', 'bool'];
const values = { float32: [-1.7, 0, 0.4, 2.6, -0, 7], int32: [-3, 0, 1, 2, 9, -1], bool: [0, 1, 1, 0, 0, 1] };

const casts: OpCase[] = types.flatMap((from) =>
  types.map((to) => ({
    op: 'Cast',
    title: `${from} to ${to}`,
    operands: [fed([2, 3], from, values[from as 'int32'])],
    attributes: { SrcT: type(from), DstT: type(to) },
    ...exact,
  })),
);

const sizes: OpCase[] = exactly(
  { op: 'Reshape', title: 'known sizes', operands: [fed([null, 6]), ints([-1, 2, 3])] },
  { op: 'Reshape', title: 'to a vector', operands: [fed([null, 6], 'int32'), ints([-1])] },
  { op: 'Reshape', title: 'to a scalar', operands: [fed([1, 1]), ints([])] },
  { op: 'Reshape', title: 'of nothing', operands: [weight([0, 4]), ints([4, 0])] },
  { op: 'Reshape', title: 'a weight', operands: [weight([2, 3]), ints([3, 2])] },
  { op: 'Reshape', title: 'sizes that are fed', operands: [fed([2, 6]), fed([3], 'int32', [3, 2, 2])] },
  {
    op: 'Squeeze',
    title: 'named axes',
    operands: [fed([null, 1, 3, 1])],
    attributes: { squeeze_dims: integers(1, -1) },
  },
  {
    op: 'Squeeze',
    title: 'by the older name',
    operands: [fed([null, 1, 3], 'bool')],
    attributes: { axis: integers(1) },
  },
  { op: 'Squeeze', title: 'all of size 1', operands: [fed([1, 3, 1, 2])] },
  ...[0, 1, -1, -3].map((axis) => ({
    op: 'ExpandDims',
    title: `axis ${axis}`,
    operands: [fed([null, 3]), ints(axis)],
  })),
  { op: 'BroadcastTo', title: 'known sizes', operands: [fed([3, 1]), ints([2, 3, 4])] },
  { op: 'BroadcastTo', title: 'sizes that are fed', operands: [fed([null, 1], 'int32'), fed([2], 'int32', [3, 4])] },
  { op: 'BroadcastTo', title: 'truth values', operands: [fed([1], 'bool'), ints([3])] },
  { op: 'BroadcastArgs', title: 'known', operands: [ints([1, 3, 1]), ints([4, 1, 1])] },
  { op: 'BroadcastArgs', title: 'fed', operands: [fed([2], 'int32', [1, 5]), fed([3], 'int32', [2, 4, 1])] },
  { op: 'EnsureShape', title: 'a shape that is an input', operands: [fed([2, 3]), ints([2, 3])] },
);

const pads: OpCase[] = exactly(
  ...types.map((kind) => ({
    op: 'Pad',
    title: kind,
    operands: [fed([null, 3], kind), weight([2, 2], 'int32', [1, 0, 2, 3])],
  })),
  {
    op: 'PadV2',
    title: 'a value',
    operands: [fed([null, 3]), weight([2, 2], 'int32', [0, 0, 2, 1]), weight([], 'float32', [-1.5])],
  },
  {
    op: 'PadV2',
    title: 'amounts that are fed',
    operands: [fed([null, 3], 'int32'), fed([2, 2], 'int32', [0, 1, 2, 1]), weight([], 'int32', [7])],
  },
  ...['REFLECT', 'SYMMETRIC'].flatMap((mode) => [
    {
      op: 'MirrorPad',
      title: `${mode}, two axes`,
      operands: [fed([null, 4, 3]), weight([3, 2], 'int32', [0, 0, 2, 1, 2, 2])],
      attributes: { mode: text(mode) },
    },
    {
      op: 'MirrorPad',
      title: `${mode}, an open axis`,
      operands: [fed([2, null], 'int32'), weight([2, 2], 'int32', [0, 0, 2, 1])],
      attributes: { mode: text(mode) },
      batches: [3, 5],
    },
  ]),
);

const blocks: OpCase[] = exactly(
  {
    op: 'SpaceToBatchND',
    title: 'two axes, padded',
    operands: [fed([null, 3, 4, 2]), ints([2, 3]), weight([2, 2], 'int32', [1, 0, 0, 2])],
  },
  {
    op: 'SpaceToBatchND',
    title: 'one axis',
    operands: [fed([null, 4, 3]), ints([2]), weight([1, 2], 'int32', [0, 0])],
  },
  {
    op: 'SpaceToBatchND',
    title: 'open sizes',
    operands: [fed([null, null, 4, 2]), ints([2, 2]), weight([2, 2], 'int32', [0, 0, 0, 2])],
    batches: [2, 4],
  },
  {
    op: 'BatchToSpaceND',
    title: 'two axes, cropped',
    operands: [fed([12, 2, 3, 2]), ints([2, 3]), weight([2, 2], 'int32', [1, 0, 0, 2])],
  },
  {
    op: 'BatchToSpaceND',
    title: 'open sizes',
    operands: [fed([null, null, 3, 2]), ints([2, 2]), weight([2, 2], 'int32', [0, 1, 1, 0])],
    batches: [4, 8],
  },
  {
    op: 'DepthToSpace',
    title: 'NHWC',
    operands: [fed([null, 2, 3, 12])],
    attributes: { block_size: { i: '2' }, data_format: text('NHWC') },
  },
);

export const shapeCases: readonly OpCase[] = [...casts, ...sizes, ...pads, ...blocks];
