import { describe, expect, test } from '@jest/globals';
import { fromHalf } from '../../../onnx/parse/weights.js';
import { largestHalf, toHalf } from '../../../onnx/precision/half.js';

describe('numbers as IEEE 754 binary16', () => {
  test('each of its 63,488 finite values is itself', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = fromHalf(bits);
      if (Number.isFinite(value)) expect(toHalf(value)).toBe(bits);
    }
  });

  test.each([
    ['halfway between two goes to the even one', 1 + 1 / 2048, 0x3c00],
    ['halfway between two goes to the even one, upwards', 1 + 3 / 2048, 0x3c02],
    ['a carry into the exponent', 2 - 1 / 4096, 0x4000],
    ['the largest', largestHalf, 0x7bff],
    ['what rounds to the largest', 65519, 0x7bff],
    ['what rounds beyond it', 65520, 0x7c00],
    ['beyond, below zero', -1e9, 0xfc00],
    ['the least subnormal', 2 ** -24, 0x0001],
    ['half of it goes to zero', 2 ** -25, 0x0000],
    ['a little more does not', 2 ** -25 * 1.001, 0x0001],
    ['what rounds from subnormal to normal', 2 ** -14 - 2 ** -26, 0x0400],
    ['minus zero', -0, 0x8000],
    ['infinity', Infinity, 0x7c00],
    ['NaN', Number.NaN, 0x7e00],
  ])('%s: %d', (_title, value, bits) => {
    expect(toHalf(value)).toBe(bits);
  });
});
