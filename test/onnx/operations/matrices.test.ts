import { describe, expect, test } from '@jest/globals';
import { toOnnx } from '../../../onnx/index.js';
import { operators } from '../decoded.js';
import { testCases } from './expect-case.js';
import { equation, fused, matricesCases } from './matrices-cases.js';
import { artifactsOfCase, fed, runFile, weight } from './op-case.js';

describe('matrices', () => {
  testCases(matricesCases);

  test('a dense layer is one Gemm', () => {
    const operands = [fed([null, 4]), weight([4, 3]), weight([3])];
    expect(
      operators(toOnnx(artifactsOfCase({ op: '_FusedMatMul', title: '', operands, attributes: fused('BiasAdd') }))),
    ).toEqual(['Gemm']);
  });

  test('an ellipsis stands for axes that broadcast, which tfjs has not', async () => {
    const operands = [fed([null, 1, 2, 3]), weight([4, 3, 2], 'float32', { from: 0, to: 1 })];
    const bytes = toOnnx(
      artifactsOfCase({ op: 'Einsum', title: '', operands, attributes: equation('...ij,...ji->...i') }),
    );
    const ones = { in0: { type: 'float32' as const, shape: [2, 1, 2, 3], values: new Array(12).fill(1) } };
    const [{ shape }] = await runFile(bytes, ones);
    expect(shape).toEqual([2, 4, 2]);
  });

  test('without an arrow the result has what occurs once', async () => {
    const operands = [fed([2, 2]), fed([2, 2])];
    const bytes = toOnnx(artifactsOfCase({ op: 'Einsum', title: '', operands, attributes: equation('ij,jk') }));
    const [{ values }] = await runFile(bytes, {
      in0: { type: 'float32', shape: [2, 2], values: [1, 2, 3, 4] },
      in1: { type: 'float32', shape: [2, 2], values: [0, 1, 1, 0] },
    });
    expect(values).toEqual([2, 1, 4, 3]);
  });
});
