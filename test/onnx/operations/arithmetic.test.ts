import { describe, expect, test } from '@jest/globals';
import { toOnnx } from '../../../onnx/index.js';
import { operators } from '../decoded.js';
import { arithmeticCases } from './arithmetic-cases.js';
import { testCases } from './expect-case.js';
import { artifactsOfCase, fed, ints } from './op-case.js';

describe('arithmetic', () => {
  testCases(arithmeticCases);

  test('whole numbers over known ones need no guard', () => {
    const over = (divisor: number) =>
      operators(toOnnx(artifactsOfCase({ op: 'FloorDiv', title: '', operands: [fed([3], 'int32'), ints(divisor)] })));
    expect(over(4)).toEqual(['Mod', 'Sub', 'Div']);
  });
});
