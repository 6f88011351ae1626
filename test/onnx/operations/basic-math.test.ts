import { describe, expect, test } from '@jest/globals';
import { toOnnx } from '../../../onnx/index.js';
import { basicMathCases } from './basic-math-cases.js';
import { testCases } from './expect-case.js';
import { artifactsOfCase, fed, runFile, weight } from './op-case.js';

describe('basic mathematics', () => {
  testCases(basicMathCases);

  test('a vector of bounds is refused: tfjs reads the first alone', () => {
    const operands = [fed([2]), weight([2]), weight([2])];
    expect(() => toOnnx(artifactsOfCase({ op: 'ClipByValue', title: '', operands }))).toThrow(
      'node "y" (ClipByValue): "clipValueMin" of shape [2] is not supported (supported: one number)',
    );
  });

  test('a large Softplus stays finite', async () => {
    const bytes = toOnnx(artifactsOfCase({ op: 'Softplus', title: '', operands: [fed([2])] }));
    const [{ values }] = await runFile(bytes, { in0: { type: 'float32', shape: [2], values: [500, -500] } });
    expect(values).toEqual([500, 0]);
  });
});
