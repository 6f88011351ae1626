import { describe, expect, test } from '@jest/globals';
import { toOnnx } from '../../../onnx/index.js';
import { testCases } from './expect-case.js';
import { artifactsOfCase, fed, type OpCase, runFile, weight } from './op-case.js';

const few = { from: -2, to: 2 };

const comparisons = ['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual'].flatMap((op): OpCase[] => [
  { op, title: 'whole numbers', operands: [fed([null, 20], 'int32', few), fed([20], 'int32', few)], absolute: 0 },
  { op, title: 'fractions, broadcast', operands: [fed([null, 1, 3]), fed([4, 1])], absolute: 0 },
  { op, title: 'with a known number', operands: [fed([4], 'float32', [1, 0, -1, 2]), weight([], 'float32', [1])] },
  { op, title: 'types meet', operands: [fed([4], 'int32', few), fed([4], 'float32', [1, 0, -1, 2])], absolute: 0 },
]);

const truths = (op: string): OpCase[] => [
  { op, title: 'an open size', operands: [fed([null, 9], 'bool'), fed([9], 'bool')], absolute: 0 },
  { op, title: 'broadcast', operands: [fed([null, 1, 3], 'bool'), weight([4, 1], 'bool')], absolute: 0 },
];

const select = (op: string): OpCase[] => [
  { op, title: 'alike', operands: [fed([null, 5], 'bool'), fed([null, 5]), fed([null, 5])], absolute: 0 },
  {
    op,
    title: 'whole numbers',
    operands: [fed([null, 5], 'bool'), fed([null, 5], 'int32'), fed([null, 5], 'int32')],
    absolute: 0,
  },
  {
    op,
    title: 'bool',
    operands: [fed([null, 5], 'bool'), fed([null, 5], 'bool'), fed([null, 5], 'bool')],
    absolute: 0,
  },
  { op, title: 'by a scalar', operands: [fed([], 'bool'), fed([2, 3]), weight([2, 3])], absolute: 0 },
  { op, title: 'known', operands: [weight([4], 'bool'), weight([4]), weight([4])], absolute: 0 },
];

const cases: OpCase[] = [
  ...comparisons,
  { op: 'Equal', title: 'bool', operands: [fed([null, 9], 'bool'), fed([9], 'bool')], absolute: 0 },
  { op: 'NotEqual', title: 'bool', operands: [fed([null, 9], 'bool'), fed([9], 'bool')], absolute: 0 },
  ...truths('LogicalAnd'),
  ...truths('LogicalOr'),
  { op: 'LogicalNot', title: 'an open size', operands: [fed([null, 9], 'bool')], absolute: 0 },
  ...select('Select'),
  ...select('SelectV2'),
  {
    op: 'SelectV2',
    title: 'all three broadcast',
    operands: [fed([null, 1], 'bool'), fed([1, 4]), weight([], 'float32', [7])],
    absolute: 0,
  },
];

describe('logic', () => {
  testCases(cases);

  test('Select with a vector takes whole rows, as TensorFlow defines it', async () => {
    const operands = [fed([2], 'bool'), fed([2, 3]), fed([2, 3])];
    const bytes = toOnnx(artifactsOfCase({ op: 'Select', title: '', operands }));
    const [{ values }] = await runFile(bytes, {
      in0: { type: 'bool', shape: [2], values: [1, 0] },
      in1: { type: 'float32', shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
      in2: { type: 'float32', shape: [2, 3], values: [-1, -2, -3, -4, -5, -6] },
    });
    expect(values).toEqual([1, 2, 3, -4, -5, -6]);
  });

  /** tfjs 4.22's executor asks for operands a and b, where its own list names them x and y: it always stops. */
  test('BitwiseAnd is exact for all signs', async () => {
    const a = [0, -1, 12345, -12345, 2147483647, -2147483648, -2147483648, 6];
    const b = [-1, -1, 54321, 1023, -2, -1, 2147483647, 3];
    const bytes = toOnnx(
      artifactsOfCase({ op: 'BitwiseAnd', title: '', operands: [fed([8], 'int32'), fed([8], 'int32')] }),
    );
    const [{ values }] = await runFile(bytes, {
      in0: { type: 'int32', shape: [8], values: a },
      in1: { type: 'int32', shape: [8], values: b },
    });
    expect(values).toEqual(a.map((each, i) => each & b[i]));
  });

  test('texts are not compared: ONNX has that from opset 19 on', () => {
    const operands = [fed([2], 'string'), fed([2], 'string')];
    expect(() => toOnnx(artifactsOfCase({ op: 'Equal', title: '', operands }))).toThrow(
      /node "y" \(Equal\): comparing texts, which ONNX has from opset 19 on/,
    );
  });
});
