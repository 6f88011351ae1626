import { describe, expect, test } from '@jest/globals';
import { learningRateAt, type ScheduleOptions } from '../../pipeline/training/schedule.js';

const rates = (options: Omit<ScheduleOptions, 'learningRate'>, updates: number) =>
  Array.from({ length: updates }, (_, update) =>
    learningRateAt({ learningRate: 0.1, ...options }, { update, updates, watchedLosses: [] }),
  );

test('constant, unless something else is said', () => {
  expect(new Set(rates({}, 10))).toEqual(new Set([0.1]));
});

describe('one-cycle', () => {
  const all = rates({ schedule: 'one-cycle' }, 100);

  test('begins at a 25th of the top, is there after three tenths, ends at a ten-thousandth of the beginning', () => {
    expect(all[0]).toBeCloseTo(0.1 / 25, 12);
    expect(all[29]).toBeCloseTo(0.1, 12); // .3 · 100 − 1
    expect(all[99]).toBeCloseTo(0.1 / 25 / 1e4, 12);
    expect(Math.max(...all)).toBe(all[29]);
  });

  test('goes up and down by half cosines: half way at half the way', () => {
    expect(all[14] + all[15]).toBeCloseTo(0.1 + 0.1 / 25, 12); // symmetric about 14.5
    expect(all[64]).toBeCloseTo((0.1 + 0.1 / 25 / 1e4) / 2, 12);
    for (let i = 1; i < 100; i++) expect(Math.sign(all[i] - all[i - 1])).toBe(i <= 29 ? 1 : -1);
  });

  test('of one, two or three updates is a number between its ends', () => {
    for (const updates of [1, 2, 3])
      for (const rate of rates({ schedule: 'one-cycle' }, updates)) {
        expect(rate).toBeGreaterThan(0);
        expect(rate).toBeLessThanOrEqual(0.1);
      }
  });
});

test('cosine falls from the rate towards 0', () => {
  const all = rates({ schedule: 'cosine' }, 100);
  expect(all[0]).toBe(0.1);
  expect(all[50]).toBeCloseTo(0.05, 12);
  expect(all[99]).toBeCloseTo((0.1 * (1 + Math.cos(0.99 * Math.PI))) / 2, 12);
});

test('plateau halves the rate after so many epochs without a lower watched loss, and counts anew', () => {
  const after = (watchedLosses: number[]) =>
    learningRateAt(
      { schedule: 'plateau', learningRate: 1, plateauPatience: 2 },
      { update: 0, updates: 1, watchedLosses },
    );
  expect(after([])).toBe(1);
  expect(after([3, 2, 1])).toBe(1);
  expect(after([3, 3])).toBe(1);
  expect(after([3, 3, 3])).toBe(0.5);
  expect(after([3, 3, 2, 2, 2, 1])).toBe(0.5);
  expect(after([3, 3, 3, 3, 3])).toBe(0.25);
  expect(after([3, 2.9999, 2.9998])).toBe(0.5); // no better by a ten-thousandth
});
