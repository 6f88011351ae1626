import { describe, expect, test } from '@jest/globals';
import {
  type Cluster,
  clusteredBootstrap,
  studentT975,
} from '../../pipeline/experiments/report/statistics/clustered-bootstrap.js';
import { differenceOfShares, holdsZero, wilsonInterval } from '../../pipeline/experiments/report/statistics/wilson.js';

describe('the interval of a share', () => {
  // Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), Table I, method 3.
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%d of %d is %d to %d, as published', (right, examples, low, high) => {
    const interval = wilsonInterval(right, examples);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  test('is mirrored when right and wrong change places', () => {
    const { low, high } = wilsonInterval(7, 10);
    const mirrored = wilsonInterval(3, 10);
    expect(mirrored.low).toBeCloseTo(1 - high, 12);
    expect(mirrored.high).toBeCloseTo(1 - low, 12);
  });

  test.each([
    [0, 0],
    [3, 2],
    [-1, 2],
  ])('%d of %d is no share', (right, examples) => {
    expect(() => wilsonInterval(right, examples)).toThrow(RangeError);
  });
});

describe('the interval of the difference of two shares', () => {
  // Newcombe, "Interval estimation for the difference between independent proportions", 1998, Table II, method 10.
  test.each([
    [{ right: 48, examples: 80 }, { right: 56, examples: 70 }, 0.2, 0.0524, 0.3339],
    [{ right: 3, examples: 10 }, { right: 9, examples: 10 }, 0.6, 0.1705, 0.809],
    [{ right: 0, examples: 10 }, { right: 10, examples: 10 }, 1, 0.6075, 1],
  ])('of %o and %o is as published', (a, b, difference, low, high) => {
    const found = differenceOfShares(a, b);
    expect(found.difference).toBeCloseTo(difference, 10);
    expect(found.low).toBeCloseTo(low, 4);
    expect(found.high).toBeCloseTo(high, 4);
  });

  test('of the report’s figures holds 0', () => {
    const share = (value: number, examples: number) => ({ right: value * examples, examples });
    expect(holdsZero(differenceOfShares(share(0.9599, 576), share(0.9646, 504)))).toBe(true);
    expect(holdsZero(differenceOfShares(share(0.9603, 540), share(0.9635, 540)))).toBe(true);
  });
});

describe('the bootstrap over speakers', () => {
  const mean = ([sum, count]: ArrayLike<number> & Iterable<number>) => sum / count;
  const one = (value: number, stratum = ''): Cluster => ({ stratum, terms: [value, 1] });

  test('of a mean is Student’s, of 5 speakers as of 100', () => {
    for (const [count, t975] of [
      [5, 2.776],
      [10, 2.262],
      [100, 1.984],
    ]) {
      const clusters = Array.from({ length: count }, (_, i) => one(i));
      const variance = (count * (count + 1)) / 12; // of the sample 0 … count − 1
      const half = t975 * Math.sqrt(variance / count);
      const middle = (count - 1) / 2;
      const { low, high } = clusteredBootstrap(clusters, mean, 'mean')!;
      // The distribution of so few is coarse, and 2000 draws have noise of their own: seen 1 to 5 %.
      expect(Math.abs((middle - low) / half - 1)).toBeLessThan(0.08);
      expect(Math.abs((high - middle) / half - 1)).toBeLessThan(0.08);
    }
  });

  test.each([
    [3, 3.182],
    [4, 2.776],
    [9, 2.262],
    [22, 2.074],
    [120, 1.98],
  ])('takes Student’s t of %d degrees of freedom for %d', (freedom, t975) => {
    expect(Math.abs(studentT975(freedom) / t975 - 1)).toBeLessThan(0.01);
  });

  test('takes a speaker’s clips together: a hundred of each do not narrow it', () => {
    const speakers = (clips: number): Cluster[] =>
      Array.from({ length: 8 }, (_, i) => ({ stratum: '', terms: [clips * (i % 2), clips] }));
    expect(clusteredBootstrap(speakers(100), mean, 'same')).toEqual(clusteredBootstrap(speakers(1), mean, 'same'));
  });

  test('draws each stratum from itself', () => {
    const clusters = [one(0, 'men'), one(0, 'men'), one(1, 'women'), one(1, 'women'), one(1, 'women')];
    const interval = clusteredBootstrap(clusters, mean, 'strata')!;
    expect(interval.low).toBeCloseTo(0.6, 12);
    expect(interval.high).toBeCloseTo(0.6, 12);
  });

  test('is the same each time, and other for another purpose', () => {
    const clusters = Array.from({ length: 9 }, (_, i) => one(i ** 2));
    const interval = clusteredBootstrap(clusters, mean, 'a');
    expect(clusteredBootstrap(clusters, mean, 'a')).toEqual(interval);
    expect(clusteredBootstrap(clusters, mean, 'b')).not.toEqual(interval);
  });

  test('of three speakers, or where most draws have no figure, is none', () => {
    expect(clusteredBootstrap([one(1), one(2), one(3)], mean, 'three')).toBeUndefined();
    const rare: Cluster[] = Array.from({ length: 20 }, (_, i) => ({ stratum: '', terms: [1, i === 0 ? 1 : 0] }));
    const ofTheRare = (terms: Float64Array) => (terms[1] === 1 ? 1 : Number.NaN);
    expect(clusteredBootstrap(rare, ofTheRare, 'rare')).toBeUndefined();
  });
});
