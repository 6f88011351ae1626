import { describe, expect, test } from '@jest/globals';
import { toOnnx } from '../../../onnx/index.js';
import { testCases } from './expect-case.js';
import { artifactsOfCase, fed, ints } from './op-case.js';
import { reductionCases } from './reduction-cases.js';

describe('reduction', () => {
  testCases(reductionCases);

  test('computed axes are refused: the rank of the result is unknown', () => {
    const operands = [fed([2, 3]), fed([1], 'int32')];
    expect(() => toOnnx(artifactsOfCase({ op: 'Max', title: '', operands }))).toThrow(
      'node "y" (Max): "axis" computed while the model runs is not supported (supported: a value known beforehand)',
    );
  });

  test('an axis that is none names its range', () => {
    expect(() => toOnnx(artifactsOfCase({ op: 'Sum', title: '', operands: [fed([2, 3]), ints(2)] }))).toThrow(
      'node "y" (Sum): axis 2 is out of range (supported: -2 to 1)',
    );
  });
});
