import { describe, expect, test } from '@jest/globals';
import { toOnnx } from '../../../onnx/index.js';
import { basicMathCases } from './basic-math-cases.js';
import { testCases } from './expect-case.js';
import { artifactsOfCase, fed, node, runFile, type, weight } from './op-case.js';

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

  test('Relu6 of Relu of whole numbers runs: onnxruntime merges a Relu and a Clip of fractions alone', async () => {
    const bytes = toOnnx({
      modelTopology: {
        node: [
          node('x', 'Placeholder', [], { dtype: type('int32'), shape: { shape: { dim: [{ size: '3' }] } } }),
          node('relu', 'Relu', ['x']),
          node('relu6', 'Relu6', ['relu']),
        ],
      },
    });
    const [{ values }] = await runFile(bytes, { x: { type: 'int32', shape: [3], values: [-4, 5, 9] } });
    expect(values).toEqual([0, 5, 6]);
  });
});
