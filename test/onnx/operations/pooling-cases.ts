import { fed, integers, type OpCase, text } from './op-case.js';

const window = (padding: string, size: number, stride: number) => ({
  padding: text(padding),
  ksize: integers(1, size, size, 1),
  strides: integers(1, stride, stride, 1),
});
const windows = [
  ['SAME', 3, 2],
  ['SAME', 2, 1],
  ['VALID', 3, 2],
  ['VALID', 2, 2],
] as const;

const pools: OpCase[] = ['AvgPool', 'MaxPool'].flatMap((op) => [
  ...windows.map(([padding, size, stride]) => ({
    op,
    title: `${padding}, windows of ${size}, strides of ${stride}`,
    operands: [fed([null, 7, 6, 3])],
    attributes: window(padding, size, stride),
  })),
  { op, title: 'open sizes', operands: [fed([2, null, null, 3])], attributes: window('SAME', 3, 2), batches: [5, 8] },
  {
    op: `${op}3D`,
    title: 'VALID',
    operands: [fed([null, 5, 4, 6, 2])],
    attributes: { padding: text('VALID'), ksize: integers(1, 2, 3, 2, 1), strides: integers(1, 1, 1, 2, 1) },
  },
  {
    op: `${op}3D`,
    title: 'SAME',
    operands: [fed([null, 5, 4, 6, 2])],
    attributes: { padding: text('SAME'), ksize: integers(1, 2, 3, 2, 1), strides: integers(1, 1, 1, 2, 1) },
  },
]);

const places: OpCase[] = [false, true].flatMap((batched) =>
  windows.map(([padding, size, stride]) => ({
    op: 'MaxPoolWithArgmax',
    title: `${padding}, windows of ${size}, strides of ${stride}, ${batched ? 'counted through the batch' : 'by image'}`,
    operands: [fed([null, 7, 6, 3])],
    attributes: { ...window(padding, size, stride), include_batch_in_index: { b: batched } },
    outputs: 2,
    absolute: 0,
  })),
);

export const poolingCases: readonly OpCase[] = [...pools, ...places];
