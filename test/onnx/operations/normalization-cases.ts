import { fed, ints, type OpCase, text, weight } from './op-case.js';

const variance = weight([3], 'float32', [0.5, 1.5, 0.1]);
const parameters = [weight([3]), weight([3]), weight([3]), variance];

const cases: OpCase[] = [
  ...['FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'].map((op) => ({
    op,
    title: 'epsilon',
    operands: [fed([null, 4, 5, 3]), ...parameters],
    attributes: { epsilon: { f: 0.01 }, data_format: text('NHWC') },
  })),
  {
    op: 'FusedBatchNormV3',
    title: 'open sizes, the default epsilon',
    operands: [fed([2, null, null, 3]), ...parameters],
  },
  { op: 'LRN', title: 'defaults', operands: [fed([null, 3, 2, 7])] },
  {
    op: 'LRN',
    title: 'every attribute',
    operands: [fed([null, 3, 2, 7])],
    attributes: { depth_radius: { i: '1' }, bias: { f: 2 }, alpha: { f: 0.3 }, beta: { f: 0.75 } },
  },
  { op: 'LRN', title: 'three axes', operands: [fed([null, 2, 7])] },
  ...[[0], [1], [-1], [0, 2]].flatMap((axes) =>
    [true, false].map((keep) => ({
      op: 'EuclideanNorm',
      title: `axes ${axes}, ${keep ? 'kept' : 'gone'}`,
      operands: [fed([null, 3, 4]), ints(axes)],
      attributes: { keep_dims: { b: keep } },
    })),
  ),
  ...['Softmax', 'LogSoftmax'].flatMap((op) => [
    { op, title: 'rows', operands: [fed([null, 5])] },
    { op, title: 'three axes', operands: [fed([2, null, 4])] },
    { op, title: 'a vector', operands: [fed([4])] },
  ]),
];

export const normalizationCases: readonly OpCase[] = [...cases];
