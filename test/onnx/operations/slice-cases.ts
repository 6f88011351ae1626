import { fed, ints, type OpCase, weight } from './op-case.js';

const exact = (cases: OpCase[]): OpCase[] => cases.map((each) => ({ absolute: 0, ...each }));

const slices: OpCase[] = [
  { op: 'Slice', title: 'known', operands: [fed([null, 5, 4]), ints([0, 1, 2]), ints([-1, 3, -1])] },
  { op: 'Slice', title: 'begins that are fed', operands: [fed([5, 4]), fed([2], 'int32', [2, 0]), ints([2, -1])] },
  {
    op: 'Slice',
    title: 'sizes that are fed',
    operands: [fed([5, 4], 'int32'), ints([1, 2]), fed([2], 'int32', [-1, 1])],
  },
  { op: 'Slice', title: 'nothing', operands: [fed([5, 4], 'bool'), ints([1, 2]), ints([0, 1])] },
];

interface Spec {
  readonly begin: number[];
  readonly end: number[];
  readonly strides?: number[];
  /** begin, end, ellipsis, new axis, shrink axis */
  readonly masks?: number[];
  readonly fed?: boolean;
}
const names = ['begin_mask', 'end_mask', 'ellipsis_mask', 'new_axis_mask', 'shrink_axis_mask'];
const strided = (shape: (number | null)[], spec: Spec): OpCase => {
  const { begin, end, strides = begin.map(() => 1), masks = [] } = spec;
  const bound = (values: number[]) => (spec.fed ? fed([values.length], 'int32', values) : ints(values));
  return {
    op: 'StridedSlice',
    title: `[${shape.map((size) => size ?? '?')}] by ${JSON.stringify(spec)}`,
    operands: [fed(shape), bound(begin), bound(end), ints(strides)],
    attributes: Object.fromEntries(masks.map((mask, i) => [names[i], { i: String(mask) }])),
    batches: [3, 5],
  };
};

const stridedSlices: OpCase[] = [
  strided([null, 6], { begin: [0, 1], end: [0, 5], masks: [0, 1] }),
  strided([null, 6], { begin: [1, -4], end: [3, -1], strides: [1, 2] }),
  strided([null, 6], { begin: [0, 4], end: [0, 1], strides: [1, -1], masks: [1, 1] }),
  strided([null, 6], { begin: [0, 0], end: [0, 0], strides: [-1, -2], masks: [3, 3] }),
  strided([null, 6], { begin: [-1, 2], end: [0, 3], masks: [0, 0, 0, 0, 3] }),
  strided([null, 6], { begin: [0, 2], end: [0, 3], masks: [1, 1, 0, 0, 2] }),
  strided([4, 3, 2, 5], { begin: [1, 0, 2], end: [3, 0, 4], masks: [0, 0, 2] }),
  strided([4, 3, 2, 5], { begin: [0, -1], end: [0, 0], masks: [0, 0, 1, 0, 2] }),
  strided([4, 3], { begin: [0, 0, 1], end: [0, 2, 3], masks: [0, 0, 0, 1] }),
  strided([4, 3], { begin: [0, 0, 0], end: [0, 0, 0], masks: [0, 0, 1, 2, 4] }),
  strided([4, 3], { begin: [1, 0, 0, 1], end: [2, 0, 0, 2], masks: [0, 0, 4, 2, 9] }),
  strided([4, 3], { begin: [1], end: [100] }),
  strided([4, 3], { begin: [1, 0], end: [3, 2], fed: true }),
  strided([4, 3], { begin: [-3, 1], end: [-1, 0], masks: [0, 0, 0, 0, 2], fed: true }),
  strided([4, 3], { begin: [0, 0], end: [2, 0], masks: [1, 2], fed: true }),
];

const reversed: OpCase[] = [
  ...[[0], [1], [-1], [0, 2], []].map((axes) => ({
    op: 'ReverseV2',
    title: `axes ${axes}`,
    operands: [fed([null, 3, 2]), ints(axes)],
  })),
  { op: 'ReverseV2', title: 'truth values', operands: [fed([4], 'bool'), ints([0])] },
  { op: 'Reverse', title: 'flags', operands: [fed([null, 3], 'int32'), weight([2], 'bool', [0, 1])] },
];

export const sliceCases: readonly OpCase[] = [...exact(slices), ...exact(stridedSlices), ...exact(reversed)];
