import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { extractFeatures, FEATURE_VERSION, type FeaturePreset, featurePresets } from '../../pipeline/features/index.js';
import { fromRoot } from '../support/paths.js';
import { chirpWithNoise } from './signals.js';

interface Golden {
  featureVersion: number;
  presets: Record<
    string,
    { shape: number[]; bandMeans: number[][]; everyBand: number; everyFrame: number; sample: number[] }
  >;
}
const golden: Golden = JSON.parse(readFileSync(fromRoot('test', 'golden', 'features.golden.json'), 'utf8'));

/** Meyda rounds window, amplitudes, power and sums to float32, NumPy does not. Measured: 8.3e-7 of values up to 11. */
const MEL_TOLERANCE = 3e-6;
/** Measured: 9.7e-6 of values up to 304. */
const MFCC_TOLERANCE = 3e-5;

test('the golden is of this FEATURE_VERSION: whoever moves the numbers raises it and runs features.py again', () => {
  expect(golden.featureVersion).toBe(FEATURE_VERSION);
});

describe.each(Object.entries(golden.presets))('%s', (name, { shape, bandMeans, everyBand, everyFrame, sample }) => {
  const spec = featurePresets[name as FeaturePreset];
  const [chunks, bands, frames] = shape;
  const tolerance = { absolute: spec.kind === 'mfcc' ? MFCC_TOLERANCE : MEL_TOLERANCE };
  const { values } = extractFeatures(chirpWithNoise(3.5, spec.sampleRateHz), spec);
  const row = (chunk: number, band: number) =>
    values.subarray((chunk * bands + band) * frames, (chunk * bands + band + 1) * frames);

  test('sampled bands and frames are those of an independent NumPy implementation', () => {
    const sampled: number[] = [];
    for (let chunk = 0; chunk < chunks; chunk++)
      for (let band = 0; band < bands; band += everyBand)
        for (let frame = 0; frame < frames; frame += everyFrame) sampled.push(row(chunk, band)[frame]);
    expect(sampled).toBeAllClose(sample, tolerance);
  });

  test("every band's mean over the frames of a chunk is", () => {
    const means = bandMeans.flatMap((_, chunk) =>
      Array.from({ length: bands }, (_, band) => row(chunk, band).reduce((sum, value) => sum + value, 0) / frames),
    );
    expect(means).toBeAllClose(bandMeans.flat(), tolerance);
  });
});
