import { describe, expect, test } from '@jest/globals';
import { pairedRatio, throughput } from '../../bench/statistics.js';

describe('throughput', () => {
  test("is the batch over the round's median step, so that one slow step moves nothing", () => {
    expect(throughput([[500, 400, 9000], [250]], 64)).toEqual([128, 256]);
  });
});

describe('the paired ratio', () => {
  test('is the median of the ratios in each round, with the smallest and the largest', () => {
    expect(pairedRatio([20, 30, 40], [10, 10, 10])).toEqual({ median: 3, min: 2, max: 4 });
  });

  test('does not see a machine that is slow for a while, as a ratio of medians would', () => {
    // Twice as fast in every round; three of five rounds at a tenth of the speed.
    const others = [10, 1, 10, 1, 1];
    const ours = others.map((speed) => 2 * speed);
    expect(pairedRatio(ours, others)).toEqual({ median: 2, min: 2, max: 2 });
    // What came in the middle of one round alone stays an outlier.
    expect(pairedRatio([20, 2, 20, 0.5, 2], others).median).toBe(2);
  });
});
