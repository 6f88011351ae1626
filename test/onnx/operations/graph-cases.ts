import { type as dtype, fed, type OpCase, weight } from './op-case.js';

export const graphCases: OpCase[] = [
  { op: 'Identity', title: 'passes on what is fed', operands: [fed([null, 3])], absolute: 0 },
  { op: 'Identity', title: 'passes on a weight', operands: [weight([2, 3])], absolute: 0 },
  { op: 'Snapshot', title: 'passes on', operands: [fed([null, 3])], absolute: 0 },
  { op: 'StopGradient', title: 'passes on', operands: [fed([null, 3], 'int32')], absolute: 0 },
  { op: 'Print', title: 'passes on', operands: [fed([null, 3]), fed([2])], absolute: 0 },
  { op: 'IdentityN', title: 'two', operands: [fed([null, 3]), fed([2], 'bool')], outputs: 2, absolute: 0 },
  {
    op: 'Shape',
    title: 'an open size',
    operands: [fed([null, 3])],
    attributes: { out_type: dtype('int32') },
    absolute: 0,
  },
  { op: 'Shape', title: 'known sizes', operands: [fed([4, 3])], absolute: 0 },
  { op: 'Size', title: 'an open size', operands: [fed([null, 3])], absolute: 0 },
  { op: 'Size', title: 'known', operands: [fed([4, 3], 'bool')], absolute: 0 },
  { op: 'Rank', title: 'three', operands: [fed([null, 3, 2])], absolute: 0 },
  { op: 'NoOp', title: 'one', operands: [], absolute: 0 },
  { op: 'PlaceholderWithDefault', title: 'the default', operands: [weight([2, 2]), fed([1])], absolute: 0 },
  {
    op: 'FakeQuantWithMinMaxVars',
    title: 'changes nothing',
    operands: [fed([null, 3])],
    attributes: { min: { f: -1 }, max: { f: 1 } },
    absolute: 0,
  },
  { op: 'ShapeN', title: 'of two', operands: [fed([null, 3]), fed([5])], outputs: 2, absolute: 0 },
];
