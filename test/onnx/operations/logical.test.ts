import { describe, expect, test } from '@jest/globals';
import { toOnnx } from '../../../onnx/index.js';
import { testCases } from './expect-case.js';
import { logicalCases } from './logical-cases.js';
import { artifactsOfCase, fed, runFile } from './op-case.js';

describe('logic', () => {
  testCases(logicalCases);

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
