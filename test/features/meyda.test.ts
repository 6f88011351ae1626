import { beforeEach, describe, expect, test } from '@jest/globals';
import meydaModule from 'meyda';
import { extractChunk, extractFeatures, featurePresets, featureShape } from '../../pipeline/features/index.js';
import { chirpWithNoise } from './signals.js';

/** Meyda as anyone in the process sees it: one object, whose settings are everybody's. */
interface SharedMeyda {
  bufferSize: number;
  sampleRate: number;
  melBands: number;
  numberOfMFCCCoefficients: number;
  windowingFunction: string;
  melFilterBank?: number[][];
  extract(feature: string, frame: Float32Array): number[];
}
const meyda = meydaModule as unknown as SharedMeyda;
const defaults = { bufferSize: 512, sampleRate: 44_100, melBands: 26, numberOfMFCCCoefficients: 13 };
beforeEach(() => {
  Object.assign(meyda, defaults, { windowingFunction: 'hanning', melFilterBank: undefined });
});

test.each([
  ['paper-16k', 'melBands'],
  ['paper-16k-mfcc', 'mfcc'],
  ['demo', 'melBands'],
] as const)('each frame of %s is what Meyda, called plainly, computes', (preset, feature) => {
  const spec = featurePresets[preset];
  const [, bands, frames] = featureShape(spec);
  const samples = chirpWithNoise(4, spec.sampleRateHz);
  const chunk = extractChunk(samples, spec, 0);
  Object.assign(meyda, {
    bufferSize: spec.windowSamples,
    sampleRate: spec.sampleRateHz,
    melBands: spec.melBands,
    numberOfMFCCCoefficients: spec.kind === 'mfcc' ? 40 : 13,
  });
  const chunkStart = spec.chunkStartsSeconds[0] * spec.sampleRateHz;
  for (const t of [3, 50, frames - 4]) {
    const centre = chunkStart + t * spec.hopSamples;
    const frame = samples.slice(centre - spec.windowSamples / 2, centre + spec.windowSamples / 2);
    const ours = Array.from({ length: bands }, (_, band) => chunk[band * frames + t]);
    const expected = meyda.extract(feature, frame);
    expect(ours).toBeAllClose(expected, { absolute: 1e-5 * Math.max(...expected.map(Math.abs)) });
  }
});

describe("Meyda's shared settings", () => {
  const spec = featurePresets.demo;
  const samples = chirpWithNoise(2, spec.sampleRateHz);
  const undisturbed = extractFeatures(samples, spec).values;

  test('of another user do not reach our numbers', () => {
    // A filter bank for another rate and window but as many bands as ours, which Meyda itself would go on using.
    Object.assign(meyda, { bufferSize: 256, sampleRate: 8000, melBands: spec.melBands, windowingFunction: 'blackman' });
    meyda.extract('melBands', new Float32Array(256));
    expect(extractFeatures(samples, spec).values).toEqual(undisturbed);
  });

  test('are not changed by ours, nor are its numbers', () => {
    const frame = samples.slice(8000, 8512);
    const before = meyda.extract('mfcc', frame);
    const bank = meyda.melFilterBank;
    extractFeatures(samples, spec);
    expect(meyda).toMatchObject(defaults);
    expect(meyda.melFilterBank).toBe(bank);
    expect(meyda.extract('mfcc', frame)).toEqual(before);
  });

  test('of one of our specs do not reach another', () => {
    extractFeatures(samples, { ...spec, sampleRateHz: 44_100, windowSamples: 1024 });
    expect(extractFeatures(samples, spec).values).toEqual(undisturbed);
  });
});
