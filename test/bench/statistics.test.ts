import { describe, expect, test } from '@jest/globals';
import { batchOn } from '../../bench/contestants.js';
import { summarise } from '../../bench/report.js';
import type { Performance } from '../../bench/rounds.js';
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

describe('the figures of a contestant', () => {
  const performance = (name: string, batch: number, milliseconds: number[][]): Performance => ({
    contestant: { name, description: '', command: ['node'], batch, mend: '' },
    parameters: 1,
    device: 'CPU',
    versions: {},
    milliseconds,
    losses: milliseconds.map((round) => round.map((_, step) => step)),
    peakMemoryBytes: 3 * 2 ** 20,
  });
  const [ours, small, keras] = summarise(
    [
      { ...performance('serkit tensorflow', 64, [[200, 100, 300], [400]]), waitingShare: 0.25 },
      performance('serkit wasm', 2, [[10, 10, 10], [40]]),
      performance('Keras', 64, [[400, 400, 400], [400]]),
    ],
    0.5,
  );

  test('are of the median step: samples a second, GFLOP a second; the shortest step beside it', () => {
    expect(ours.stepMilliseconds).toEqual({ median: 250, min: 100 });
    expect(ours.samplesPerSecond).toBe(256);
    expect(ours.gflopPerSecond).toBe(128);
    expect(ours).toMatchObject({ waitingShare: 0.25, peakMemoryMb: 3, loss: { first: 1, last: 0 } });
  });

  test('compare examples a second, not steps, with those yardsticks that took part', () => {
    expect(ours.ratios).toEqual({ Keras: { median: 1.5, min: 1, max: 2 } });
    expect(small.ratios.Keras.max).toBeCloseTo(200 / 160, 12);
    expect(small.ratios.Keras.min).toBeCloseTo(50 / 160, 12);
    expect(keras.ratios).toEqual({});
  });
});

test.each([
  ['tensorflow', 'cnn', 64],
  ['wasm', 'cnn', 64],
  ['wasm', 'cnn-lstm', 32],
  ['cpu', 'cnn-lstm', 2],
] as const)('%s takes %s by %d examples a step', (backend, model, examples) => {
  expect(batchOn(backend, model)).toBe(examples);
});
