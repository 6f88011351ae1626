import { fed, type OpCase, weight } from './op-case.js';

const places: OpCase[] = [
  { op: 'Where', title: 'truth values', operands: [fed([null, 4], 'bool')] },
  { op: 'Where', title: 'numbers', operands: [fed([2, 2, 2], 'float32', [0, 1, -1, 0, 2, 0, 0, 3])] },
  { op: 'Where', title: 'nowhere', operands: [fed([3], 'int32', [0, 0, 0])] },
  ...(['float32', 'int32'] as const).map((kind) => ({
    op: 'ListDiff',
    title: kind,
    operands: [fed([6], kind, [4, 2, 2, 7, 1, 9]), fed([3], kind, [2, 9, 5])],
    outputs: 2,
  })),
  { op: 'ListDiff', title: 'all of it', operands: [fed([2], 'int32', [1, 2]), fed([2], 'int32', [2, 1])], outputs: 2 },
].map((each) => ({ absolute: 0, dynamic: true, ...each }));

// Three boxes over one another, one beside them, one upside down, one without area.
const corners = [
  ...[0, 0, 1, 1],
  ...[0, 0.1, 1, 1.1],
  ...[0, 0.45, 1, 1.45],
  ...[0, 10, 1, 11],
  ...[1, 10.9, 0, 10],
  ...[5, 5, 5, 6],
];
const scores = [0.9, 0.75, 0.6, 0.95, 0.5, 0.3];
const boxes = fed([6, 4], 'float32', corners);
const scored = fed([6], 'float32', scores);
const scalar = (value: number) => weight([], 'float32', [value]);
const most = (count: number) => weight([], 'int32', [count]);

const suppressed: OpCase[] = [
  { op: 'NonMaxSuppressionV2', title: 'by overlap', operands: [boxes, scored, most(6), scalar(0.5)] },
  { op: 'NonMaxSuppressionV2', title: 'at 0', operands: [boxes, scored, most(6), scalar(0)] },
  { op: 'NonMaxSuppressionV2', title: 'few', operands: [boxes, scored, most(2), scalar(0.9)] },
  ...[-Infinity, 0.4, 0.99].map((least) => ({
    op: 'NonMaxSuppressionV3',
    title: `scores above ${least}`,
    operands: [boxes, scored, most(6), scalar(0.5), scalar(least)],
  })),
  {
    op: 'NonMaxSuppressionV3',
    title: 'equal scores, thresholds that are fed',
    operands: [
      boxes,
      fed([6], 'float32', [1, 1, 1, 1, 1, 1]),
      fed([], 'int32', [5]),
      fed([], 'float32', [0.4]),
      fed([], 'float32', [0.1]),
    ],
  },
  {
    op: 'NonMaxSuppressionV3',
    title: 'an overlap that is the threshold',
    operands: [
      fed([2, 4], 'float32', [0, 0, 1, 1, 0, 0, 0.5, 1]),
      fed([2], 'float32', [1, 0.5]),
      most(2),
      scalar(0.5),
      scalar(0),
    ],
  },
  ...[true, false].map((padded) => ({
    op: 'NonMaxSuppressionV4',
    title: padded ? 'filled up' : 'as many as there are',
    operands: [boxes, scored, most(9), scalar(0.5), scalar(0.4)],
    attributes: { pad_to_max_output_size: { b: padded } },
    outputs: 2,
  })),
  ...[0, 0.2, 0.5].map((sigma) => ({
    op: 'NonMaxSuppressionV5',
    title: `sigma ${sigma}`,
    operands: [boxes, scored, most(5), scalar(sigma === 0.2 ? 1 : 0.8), scalar(0.35), scalar(sigma)],
    outputs: 2,
  })),
].map((each) => ({ absolute: 1e-6, dynamic: true, ...each }));

export const dynamicCases: readonly OpCase[] = [...places, ...suppressed];
