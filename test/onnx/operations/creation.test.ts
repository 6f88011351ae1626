import { describe, expect, test } from '@jest/globals';
import { toOnnx } from '../../../onnx/index.js';
import { operators } from '../decoded.js';
import { creationCases, scalar } from './creation-cases.js';
import { testCases } from './expect-case.js';
import { artifactsOfCase, fed, ints, runFile } from './op-case.js';

describe('creation', () => {
  testCases(creationCases);

  test('what is known is a constant', () => {
    const operands = [ints([2, 3]), scalar(1)];
    expect(operators(toOnnx(artifactsOfCase({ op: 'Fill', title: '', operands })))).toEqual(['Identity']);
  });

  test('OneHot along another axis, as TensorFlow defines it', async () => {
    const operands = [fed([2, 2], 'int32'), ints(3), scalar(1), scalar(0)];
    const bytes = toOnnx(artifactsOfCase({ op: 'OneHot', title: '', operands, attributes: { axis: { i: '1' } } }));
    const [{ shape, values }] = await runFile(bytes, { in0: { type: 'int32', shape: [2, 2], values: [0, 2, 1, 1] } });
    expect(shape).toEqual([2, 3, 2]);
    expect(values).toEqual([1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0]);
  });
});
