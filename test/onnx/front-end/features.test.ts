import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  extractFeatures,
  type FeatureSpec,
  featurePresets,
  featureShape,
  frontEndArrays,
  type Normalisation,
  normalise,
} from '../../../pipeline/features/index.js';
import { chirpWithNoise, uniformNoise } from '../../features/signals.js';
import { featuresFile, openSamples } from './features-model.js';

/** Largest gap seen between the file's features and Meyda's, of values up to 12: 1.4e-5 (`paper`). */
const MEL_TOLERANCE = { absolute: 5e-5 };
/** Of MFCC, values up to 790, which float32 knows to 6e-5: 2.5e-4. */
const MFCC_TOLERANCE = { absolute: 1e-3 };

const toleranceOf = ({ kind }: FeatureSpec) => (kind === 'mfcc' ? MFCC_TOLERANCE : MEL_TOLERANCE);

/** Another mean and deviation for each band, near 0 and 1. */
const normalisationOf = (bands: number): Normalisation => ({
  kind: 'per-band',
  mean: Array.from({ length: bands }, (_, band) => (band % 5) / 4 - 0.5),
  deviation: Array.from({ length: bands }, (_, band) => 1 + (band % 3) / 8),
});

async function opened(spec: FeatureSpec) {
  const shape = featureShape(spec);
  const normalisation = normalisationOf(shape[1]);
  const { run, release } = await openSamples(await featuresFile(spec, frontEndArrays(spec, normalisation)));
  const expected = (clip: Float32Array) => normalise(extractFeatures(clip, spec).values, shape, normalisation);
  return { run, release, expected };
}

describe.each(Object.entries(featurePresets) as [string, FeatureSpec][])('%s', (_, spec) => {
  test('a clip, a loud short one beside silence: the features are those of extractFeatures', async () => {
    const [chunks, bands, frames] = featureShape(spec);
    const { run, release, expected } = await opened(spec);
    const { sampleRateHz: rate } = spec;
    const long = chirpWithNoise(4.2, rate);
    const one = await run([long]);
    expect(one.shape).toEqual([1, ...(chunks > 1 ? [chunks] : []), bands, frames, 1]);
    expect(one.values).toBeAllClose(expected(long), toleranceOf(spec));

    const loud = Float32Array.from(uniformNoise(1.1 * rate, 7));
    const silence = new Float32Array(loud.length);
    const { mean, deviation } = normalisationOf(bands);
    const ofSilence = Float32Array.from({ length: chunks * bands * frames }, (_, i) => {
      const band = Math.floor(i / frames) % bands;
      return -mean[band] / deviation[band]; // ln(1 + 0) is 0, and so is its cosine transform
    });
    const both = await run([loud, silence]);
    const half = both.values.length / 2;
    expect(both.values.subarray(0, half)).toBeAllClose(expected(loud), toleranceOf(spec));
    expect(both.values.subarray(half)).toBeAllClose(ofSilence, { absolute: 1e-6 });
    await release();
  });
});

/** Specs of any hop, window and chunks, small enough for Meyda to be quick. */
const specs = fc
  .record({
    kind: fc.constantFrom('mel-spectrogram' as const, 'mfcc' as const),
    windowSamples: fc.constantFrom(64, 128),
    hopSamples: fc.integer({ min: 7, max: 200 }),
    melBands: fc.integer({ min: 4, max: 9 }),
    chunkSamples: fc.integer({ min: 70, max: 400 }),
    starts: fc.uniqueArray(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 3 }),
  })
  .map(
    ({ kind, windowSamples, hopSamples, melBands, chunkSamples, starts }): FeatureSpec => ({
      ...{ kind, sampleRateHz: 1000, windowSamples, hopSamples, melBands, chunkSeconds: chunkSamples / 1000 },
      chunkStartsSeconds: starts.sort((a, b) => a - b).map((start) => start / 1000),
      ...(kind === 'mfcc' && { coefficients: 4 }),
    }),
  );

test('any spec and any length: every chunk is cut where extractFeatures cuts it', async () => {
  await fc.assert(
    fc.asyncProperty(specs, fc.integer({ min: 1, max: 1200 }), async (spec, random) => {
      const { run, release, expected } = await opened(spec);
      const [chunk, first, last] = [spec.chunkSeconds, spec.chunkStartsSeconds[0], spec.chunkStartsSeconds.at(-1)!].map(
        (seconds) => Math.round(seconds * 1000),
      );
      for (const length of [1, random, chunk, first + chunk, first + chunk - 1, last + chunk, last + chunk + 1]) {
        const clip = Float32Array.from(uniformNoise(length, length));
        expect((await run([clip])).values).toBeAllClose(expected(clip), toleranceOf(spec));
      }
      await release();
    }),
    { seed: 6, numRuns: 15 },
  );
});
