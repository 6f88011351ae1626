import { describe, expect, test } from '@jest/globals';
import {
  chunkSpans,
  extractChunk,
  extractFeatures,
  type FeatureSpec,
  featurePresets,
  featureShape,
  firstChunk,
} from '../../pipeline/features/index.js';
import { chirpWithNoise, sine } from './signals.js';

/** `paper-16k` in small: a quarter of the rate, the same spans, two chunks. */
const spec: FeatureSpec = {
  ...featurePresets['paper-16k'],
  sampleRateHz: 4000,
  windowSamples: 512,
  hopSamples: 93,
  melBands: 24,
};
const [, bands, frames] = featureShape(spec);
const at = (values: Float32Array, chunk: number, band: number, frame: number): number =>
  values[(chunk * bands + band) * frames + frame];
const column = (values: Float32Array, chunk: number, frame: number): number[] =>
  Array.from({ length: bands }, (_, band) => at(values, chunk, band, frame));
const indexOfMax = (values: ArrayLike<number>): number => Array.from(values).indexOf(Math.max(...Array.from(values)));

/** Centre of a mel band, Hz: bands + 1 equal steps of 1125 ln(1 + f/700) between 0 and half the sample rate. */
function centreHz(band: number): number {
  const top = 1125 * Math.log(1 + spec.sampleRateHz / 2 / 700);
  return 700 * (Math.exp(((band + 1) * top) / (bands + 1) / 1125) - 1);
}

describe('what the numbers mean', () => {
  test.each([4, 9, 14, 19, 23])('a sine at the centre of band %d peaks there', (band) => {
    const { values } = extractFeatures(sine(centreHz(band), 4, spec.sampleRateHz), firstChunk(spec));
    for (const frame of [3, 50, frames - 4]) expect(indexOfMax(column(values, 0, frame))).toBe(band);
  });

  test('an impulse has a flat spectrum: each band is ln(1 + w² · sum of its triangle)', () => {
    const samples = new Float32Array(4 * spec.sampleRateHz);
    const frame = 50;
    samples[0.5 * spec.sampleRateHz + frame * spec.hopSamples] = 1; // in the middle of that frame of chunk 0
    const { values } = extractFeatures(samples, spec);
    // A triangle of integer bins rising over r and falling over f sums to (r − 1)/2 + (f + 1)/2 = (r + f)/2.
    const edgeBin = (edge: number) => Math.floor(((spec.windowSamples + 1) * centreHz(edge - 1)) / spec.sampleRateHz);
    const expected = Array.from({ length: bands }, (_, j) => Math.log(1 + (edgeBin(j + 2) - edgeBin(j)) / 2));
    expect(column(values, 0, frame)).toBeAllClose(expected, { absolute: 3e-5 }); // w² = 1 − 1.9e-5 in the middle
  });

  test('frames are centred: an impulse at t · hop peaks in frame t, at the ends too', () => {
    for (const frame of [0, 1, 57, frames - 1]) {
      const samples = new Float32Array(4 * spec.sampleRateHz);
      samples[0.5 * spec.sampleRateHz + frame * spec.hopSamples] = 1;
      const chunk = extractChunk(samples, spec, 0);
      const loudness = Array.from({ length: frames }, (_, t) => column(chunk, 0, t).reduce((a, b) => a + b));
      expect(indexOfMax(loudness)).toBe(frame);
    }
  });

  test('doubling a loud signal adds ln 4, and silence is 0', () => {
    const once = extractFeatures(sine(1000, 4, spec.sampleRateHz, 0.4), spec).values;
    const twice = extractFeatures(sine(1000, 4, spec.sampleRateHz, 0.8), spec).values;
    const peak = indexOfMax(column(once, 0, 50));
    expect(at(twice, 0, peak, 50) - at(once, 0, peak, 50)).toBeCloseTo(Math.log(4), 3);
    expect(extractFeatures(new Float32Array(16_000), spec).values.every((value) => value === 0)).toBe(true);
  });

  test('MFCC is the DCT-II of the mel bands, scaled by 2', () => {
    const samples = chirpWithNoise(3.5, spec.sampleRateHz);
    const mel = column(extractFeatures(samples, spec).values, 0, 50);
    const mfcc = extractFeatures(samples, { ...spec, kind: 'mfcc', coefficients: 13 }).values;
    const expected = Array.from({ length: 13 }, (_, k) =>
      mel.reduce((sum, value, j) => sum + 2 * value * Math.cos((Math.PI * k * (j + 0.5)) / bands), 0),
    );
    const actual = Array.from({ length: 13 }, (_, k) => mfcc[k * frames + 50]);
    expect(actual).toBeAllClose(expected, { absolute: 5e-6 }); // measured: 1.2e-6 of values up to 35
  });
});

describe('chunks', () => {
  const samples = chirpWithNoise(5, spec.sampleRateHz);

  test('chunk c is chunkSeconds from chunkStartsSeconds[c]', () => {
    const { values, warnings } = extractFeatures(samples, spec);
    const [half, second] = [0.5, 1.5].map((seconds) => samples.subarray(seconds * spec.sampleRateHz));
    const fromZero = { ...spec, chunkStartsSeconds: [0] };
    expect(values.subarray(0, bands * frames)).toEqual(extractFeatures(half, fromZero).values);
    expect(values.subarray(bands * frames)).toEqual(extractFeatures(second, fromZero).values);
    expect(warnings).toEqual([]);
  });

  test('firstChunk gives the same numbers as the first of two', () => {
    const one = extractFeatures(samples, firstChunk(spec)).values;
    expect(one).toEqual(extractFeatures(samples, spec).values.slice(0, bands * frames));
    expect(featureShape(firstChunk(spec))).toEqual([1, bands, frames]);
  });

  test('a clip that ends inside the second chunk is padded with silence there, which is ordinary: no warning', () => {
    const { values, warnings } = extractFeatures(samples.subarray(0, 3.2 * spec.sampleRateHz), spec);
    const lastLoud = Math.ceil((1.7 * spec.sampleRateHz + spec.windowSamples / 2) / spec.hopSamples);
    expect(at(values, 1, 15, lastLoud - 10)).toBeGreaterThan(0);
    for (let frame = lastLoud; frame < frames; frame++) expect(column(values, 1, frame)).toEqual(Array(bands).fill(0));
    expect(warnings).toEqual([]);
  });

  test('a clip that ends inside the first chunk has its chunks moved earlier by what is missing', () => {
    const clip = samples.slice(0, 2.75 * spec.sampleRateHz); // a quarter of a second short of 3.0
    const { values, warnings } = extractFeatures(clip, spec);
    expect(values).toEqual(extractFeatures(clip, { ...spec, chunkStartsSeconds: [0.25, 1.25] }).values);
    expect(warnings).toEqual([]);
  });

  test('the spans of the chunks are where their features come from, behind the end of a short clip too', () => {
    const spansOf = (seconds: number) => {
      const spans = chunkSpans(seconds * spec.sampleRateHz, spec);
      return spans.flatMap(({ startSeconds, endSeconds }) => [startSeconds, endSeconds]);
    };
    expect(spansOf(4.5)).toEqual([0.5, 3, 1.5, 4]);
    expect(spansOf(3.2)).toEqual([0.5, 3, 1.5, 4]);
    expect(spansOf(2.75)).toEqual([0.25, 2.75, 1.25, 3.75]);
    expect(spansOf(0.8)).toEqual([0, 2.5, 0, 2.5]);
  });

  test('a clip shorter than a chunk begins at its own start, with a warning', () => {
    const clip = samples.slice(0, 0.8 * spec.sampleRateHz);
    const { values, warnings } = extractFeatures(clip, firstChunk(spec));
    const padded = new Float32Array(2.5 * spec.sampleRateHz);
    padded.set(clip);
    expect(values).toEqual(extractFeatures(padded, { ...spec, chunkStartsSeconds: [0] }).values);
    expect(warnings).toEqual(['clip of 0.80 s is shorter than the 2.5 s that the model looks at; padded with silence']);
  });

  test('one sample is a clip, even so', () => {
    const { values, warnings } = extractFeatures(Float32Array.of(0.5), spec);
    expect(values.every(Number.isFinite)).toBe(true);
    expect(warnings).toHaveLength(1);
  });
});

describe('bad samples', () => {
  test('silence is an answer with a warning, and so is silence where the model looks', () => {
    const silent = new Float32Array(4 * spec.sampleRateHz).fill(9e-5);
    const [warning] = extractFeatures(silent, spec).warnings;
    expect(warning).toBe('clip is silent from 0.50 to 4.00 s, where the model looks (peak below 0.0001)');
    silent[100] = 0.5; // a click before 0.5 s
    expect(extractFeatures(silent, spec).warnings).toEqual([warning]);
    silent[4000] = 0.5;
    expect(extractFeatures(silent, spec).warnings).toEqual([]);
  });

  test('an empty clip and samples that are not finite are errors', () => {
    expect(() => extractFeatures(new Float32Array(0), spec)).toThrow(/clip is empty/);
    const samples = sine(440, 4, spec.sampleRateHz);
    samples[15_999] = Number.NaN; // outside what the model looks at, too
    expect(() => extractFeatures(samples, firstChunk(spec))).toThrow(
      new RangeError('sample 15999 is NaN: samples must be finite numbers'),
    );
    samples[3] = Number.NEGATIVE_INFINITY;
    expect(() => extractFeatures(samples, spec)).toThrow('sample 3 is -Infinity: samples must be finite numbers');
  });
});
