import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loadAudio } from '../../pipeline/audio/index.js';
import { analyseFrames, type FrameFeature, type FrameSettings } from '../../pipeline/features/frames.js';
import { frameAnalyser } from '../../pipeline/features/meyda.js';
import { describeWith } from '../support/needs.js';
import { fromRoot } from '../support/paths.js';
import { compiledKernel } from './compiled-kernel.js';
import { sine, uniformNoise } from './signals.js';

const features: FrameFeature[] = ['amplitudeSpectrum', 'powerSpectrum', 'rms', 'melBands', 'mfcc'];

/** Share of a frame's largest value. Measured: 3e-7 at 1024 samples, 2.9e-6 at 16384. */
const TOLERANCE = 1e-5;
/** Meyda takes ln(1 + p) of the sum, rounded at 2.2e-16: in silence that is more than the share. MFCC add up the bands. */
const meydasRounding = ({ feature, melBands }: FrameSettings) =>
  feature === 'mfcc' ? 2 * melBands * Number.EPSILON : Number.EPSILON;

/** The largest difference from Meyda over some frames, as a share of what is allowed: 1 and more is too much. */
function worstShare(signal: Float32Array, hopSamples: number, settings: FrameSettings): number {
  const { windowSamples } = settings;
  const values = analyseFrames(signal, hopSamples, settings);
  const frames = 1 + Math.floor((signal.length - windowSamples) / hopSamples);
  const rows = values.length / frames;
  const analyse = frameAnalyser(settings);
  let worst = 0;
  for (const t of new Set([0, frames >> 1, frames - 1])) {
    const expected = analyse(signal.slice(t * hopSamples, t * hopSamples + windowSamples));
    expect(rows).toBe(expected.length);
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const allowed = TOLERANCE * largest + meydasRounding(settings);
    expected.forEach((value, row) => {
      const share = Math.abs(values[row * frames + t] - value) / allowed;
      worst = Number.isNaN(share) ? Number.POSITIVE_INFINITY : Math.max(worst, share);
    });
  }
  return worst;
}

/** Tones, loud and quiet ones together, over noise, an impulse and a direct current: within full scale. */
interface Mixture {
  tones: { share: number; decibels: number }[];
  noiseDecibels: number;
  impulse: boolean;
  constant: number;
  gainDecibels: number;
  seed: number;
}

const decibels = fc.double({ min: -100, max: 0, noNaN: true });
const mixtures: fc.Arbitrary<Mixture> = fc.record({
  tones: fc.array(fc.record({ share: fc.double({ min: 0, max: 0.5, noNaN: true }), decibels }), { maxLength: 3 }),
  noiseDecibels: fc.double({ min: -140, max: 0, noNaN: true }),
  impulse: fc.boolean(),
  constant: fc.constantFrom(0, 0, 0.5),
  gainDecibels: fc.oneof(fc.constant(0), fc.double({ min: -120, max: 0, noNaN: true })),
  seed: fc.nat(),
});

const gain = (decibels: number) => 10 ** (decibels / 20);

function signalOf({ tones, noiseDecibels, impulse, constant, gainDecibels, seed }: Mixture, length: number) {
  const noise = uniformNoise(length, seed);
  return Float32Array.from(noise, (value, i) => {
    let sample = gain(noiseDecibels) * value + constant + (impulse && i === length >> 1 ? 1 : 0);
    for (const tone of tones) sample += gain(tone.decibels) * Math.sin(2 * Math.PI * tone.share * i);
    return gain(gainDecibels) * Math.max(-1, Math.min(1, sample));
  });
}

const settingsOf = fc.record({
  feature: fc.constantFrom(...features),
  sampleRateHz: fc.constantFrom(8000, 16_000, 22_050, 44_100, 48_000, 192_000, 1000),
  windowSamples: fc.integer({ min: 6, max: 11 }).map((log2) => 2 ** log2),
  melBands: fc.integer({ min: 1, max: 256 }),
  coefficients: fc.integer({ min: 1, max: 40 }),
});

test('any feature, window, hop, rate, number of bands and signal: as Meyda, within 1e-5 of the frame', () => {
  const cases = fc.record({
    settings: settingsOf.map((settings) => ({
      ...settings,
      coefficients: Math.min(settings.coefficients, settings.melBands),
    })),
    hopSamples: fc.oneof(fc.integer({ min: 1, max: 700 }), fc.constant(3000)),
    frames: fc.integer({ min: 1, max: 11 }),
    mixture: mixtures,
  });
  fc.assert(
    fc.property(cases, ({ settings, hopSamples, frames, mixture }) => {
      const signal = signalOf(mixture, settings.windowSamples + (frames - 1) * hopSamples);
      expect(worstShare(signal, hopSamples, settings)).toBeLessThan(1);
    }),
    { numRuns: 50 },
  );
});

/** A loud tone in full scale between bins, a quiet one, and noise at −100 dB: what float32 has most trouble with. */
test.each([4096, 8192, 16_384])('a large window of %d samples', (windowSamples) => {
  const mixture: Mixture = {
    tones: [
      { share: 0.1003, decibels: 0 },
      { share: 0.2917, decibels: -90 },
    ],
    ...{ noiseDecibels: -100, impulse: false, constant: 0, gainDecibels: 0, seed: 1 },
  };
  const signal = signalOf(mixture, windowSamples + 5 * 997);
  for (const feature of ['powerSpectrum', 'mfcc'] as const) {
    const settings: FrameSettings = { feature, sampleRateHz: 44_100, windowSamples, melBands: 60, coefficients: 40 };
    expect(worstShare(signal, 997, settings)).toBeLessThan(1);
  }
});

describe('what four frames at once must not do', () => {
  const settings: FrameSettings = { feature: 'melBands', sampleRateHz: 16_000, windowSamples: 512, melBands: 32 };
  const signal = Float32Array.from(uniformNoise(4000, 3));
  const frameAlone = (t: number, hopSamples: number) =>
    analyseFrames(signal.slice(t * hopSamples, t * hopSamples + 512), 1, settings);

  test.each([1, 2, 3, 4, 5, 9])('of %d frames, each is what it is alone', (frames) => {
    const hopSamples = 160;
    const values = analyseFrames(signal.slice(0, 512 + (frames - 1) * hopSamples), hopSamples, settings);
    expect(values).toHaveLength(32 * frames);
    for (let t = 0; t < frames; t++)
      expect(values.filter((_, i) => i % frames === t)).toEqual(frameAlone(t, hopSamples));
  });

  test('a frame of what cannot be squared leaves its neighbours alone and looks like no number', () => {
    const loud = signal.slice(0, 512 * 3).fill(1e30, 512, 1024);
    const values = analyseFrames(loud, 512, settings);
    expect(values.filter((_, i) => i % 3 === 1).some(Number.isFinite)).toBe(false);
    expect(values.filter((_, i) => i % 3 === 0)).toEqual(frameAlone(0, 512));
    expect(values.filter((_, i) => i % 3 === 2)).toEqual(frameAlone(2, 512));
  });

  test('a signal shorter than a window has no frame', () => {
    expect(analyseFrames(signal.slice(0, 511), 160, settings)).toHaveLength(0);
  });

  test('settings in turn, more than are kept: each gets its own numbers again', () => {
    const all = Array.from({ length: 20 }, (_, i) => ({ ...settings, melBands: 10 + i }));
    const first = all.map((each) => analyseFrames(signal, 160, each));
    expect(all.map((each) => analyseFrames(signal, 160, each))).toEqual(first);
  });
});

test('silence is exactly 0 in every feature', () => {
  for (const feature of features) {
    const settings = { feature, sampleRateHz: 16_000, windowSamples: 256, melBands: 20, coefficients: 13 };
    expect(analyseFrames(new Float32Array(1000), 100, settings).every((value) => value === 0)).toBe(true);
  }
});

test('a tone on a bin: amplitude and rms are those of the formulas', () => {
  const size = 1024;
  const signal = sine((16_000 * 64) / size, 0.5, 16_000, 0.5);
  const settings = { sampleRateHz: 16_000, windowSamples: size, melBands: 20 };
  const window = Array.from({ length: size }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / (size - 1)));
  const windowSum = window.reduce((sum, weight) => sum + weight, 0);
  const squares = window.reduce((sum, weight, n) => sum + (weight * signal[n]) ** 2, 0);
  const amplitudes = analyseFrames(signal.slice(0, size), 1, { ...settings, feature: 'amplitudeSpectrum' });
  expect(amplitudes.indexOf(Math.max(...amplitudes))).toBe(64);
  expect([amplitudes[64]]).toBeAllClose([(0.5 * windowSum) / 2], { absolute: 1e-3 });
  const [rms] = analyseFrames(signal.slice(0, size), 1, { ...settings, feature: 'rms' });
  expect([rms]).toBeAllClose([Math.sqrt(squares / size)], { absolute: 1e-7 });
});

test('the kernel is the one that its sources compile to', async () => {
  const written = readFileSync(fromRoot('pipeline', 'features', 'kernel-wasm.ts'), 'utf8');
  if (written !== (await compiledKernel()))
    throw new Error('pipeline/features/kernel-wasm.ts is not what assembly/ compiles to: run `npm run kernel`');
});

describeWith('ravdess', 'recordings of RAVDESS', () => {
  test('every feature of every tenth clip of an actor, as Meyda', async () => {
    const folder = process.env.SERKIT_RAVDESS!;
    const clips = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /-01\.wav$/.test(name));
    expect(clips.length).toBeGreaterThan(9);
    for (const clip of clips.filter((_, i) => i % 10 === 0)) {
      const { samples, sampleRateHz } = await loadAudio(readFileSync(join(folder, clip)), clip, 16_000);
      for (const feature of features)
        for (const windowSamples of [512, 2048]) {
          const settings = { feature, sampleRateHz, windowSamples, melBands: 60, coefficients: 40 };
          expect(worstShare(samples, 1777, settings)).toBeLessThan(1);
        }
    }
  });
});
