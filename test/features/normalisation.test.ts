import { describe, expect, test } from '@jest/globals';
import { type FeatureShape, fitNormalisation, normalisationSchema, normalise } from '../../pipeline/features/index.js';
import { uniformNoise } from './signals.js';

const shape: FeatureShape = [2, 3, 5];
/** Four clips whose bands have mean 0, 1000 and −20 and deviations far apart. */
const clips = Array.from({ length: 4 }, (_, clip) => {
  const noise = uniformNoise(2 * 3 * 5, clip + 1);
  return Float32Array.from(noise, (value, i) => [value, 1000 + 0.1 * value, -20 + 7 * value][Math.floor(i / 5) % 3]);
});
const bandOf = (all: readonly Float32Array[], band: number): number[] =>
  all.flatMap((values) => Array.from(values).filter((_, i) => Math.floor(i / 5) % 3 === band));

describe('fitNormalisation', () => {
  test("is each band's mean and population deviation, by the definition, large means included", () => {
    const { mean, deviation } = fitNormalisation(clips, shape);
    for (const band of [0, 1, 2]) {
      const values = bandOf(clips, band);
      const expected = values.reduce((a, b) => a + b) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - expected) ** 2, 0) / values.length;
      expect([mean[band], deviation[band]]).toBeAllClose([expected, Math.sqrt(variance)], { relative: 1e-12 });
    }
  });

  test('does not depend on the order of the clips, and takes a stream', () => {
    const stream = function* () {
      yield* clips.toReversed();
    };
    const forward = fitNormalisation(clips, shape);
    const backward = fitNormalisation(stream(), shape);
    expect(backward.mean).toBeAllClose(forward.mean, { relative: 1e-12 });
    expect(backward.deviation).toBeAllClose(forward.deviation, { relative: 1e-12 });
  });

  test('gives a constant band deviation 1, so that it becomes 0', () => {
    const constant = clips.map((values) => values.map((value, i) => (Math.floor(i / 5) % 3 === 1 ? 0.1 : value)));
    const normalisation = fitNormalisation(constant, shape);
    expect(normalisation.deviation[1]).toBe(1);
    expect(bandOf([normalise(constant[0], shape, normalisation)], 1)).toBeAllClose(Array(10).fill(0), {
      absolute: 1e-7,
    });
  });

  test('refuses no examples and examples of another shape', () => {
    expect(() => fitNormalisation([], shape)).toThrow(/at least one training example/);
    expect(() => fitNormalisation([new Float32Array(29)], shape)).toThrow(
      '29 feature values do not fit the shape 2 × 3 × 5',
    );
  });
});

describe('normalise', () => {
  test('leaves each band of the fitted clips with mean 0 and deviation 1, and its input as it was', () => {
    const original = clips[0].slice();
    const normalisation = fitNormalisation(clips, shape);
    const normal = clips.map((values) => normalise(values, shape, normalisation));
    for (const band of [0, 1, 2]) {
      const values = bandOf(normal, band);
      expect(values.reduce((a, b) => a + b) / values.length).toBeCloseTo(0, 4);
      expect(Math.hypot(...values) / Math.sqrt(values.length)).toBeCloseTo(1, 4);
    }
    expect(clips[0]).toEqual(original);
  });

  test('refuses a normalisation of other bands', () => {
    const normalisation = fitNormalisation([new Float32Array(4)], [1, 4, 1]);
    expect(() => normalise(clips[0], shape, normalisation)).toThrow(RangeError);
  });
});

test('a normalisation survives JSON bit for bit, and a damaged one is refused', () => {
  const normalisation = fitNormalisation(clips, shape);
  expect(normalisationSchema.parse(JSON.parse(JSON.stringify(normalisation)))).toEqual(normalisation);
  expect(normalisationSchema.safeParse({ ...normalisation, deviation: [1, 0, 1] }).success).toBe(false);
  expect(normalisationSchema.safeParse({ ...normalisation, deviation: [1, 1] }).success).toBe(false);
});
