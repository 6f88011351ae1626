import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { median } from 'd3-array';
import seedrandom from 'seedrandom';
import { renderVoice, type Voice } from '../../pipeline/datasets/synthetic-voice.js';
import { trackPitch } from '../../pipeline/features/pitch.js';
import { fromRoot } from '../support/paths.js';
import { sine, uniformNoise } from './signals.js';

/** A tone whose frequency is `hzAt(seconds)`, summed of harmonics with these amplitudes. */
function tone(
  hzAt: (seconds: number) => number,
  amplitudes: readonly number[],
  seconds: number,
  sampleRateHz: number,
): Float32Array {
  let phase = 0; // periods
  return Float32Array.from({ length: Math.round(seconds * sampleRateHz) }, (_, i) => {
    const value = amplitudes.reduce((sum, a, k) => sum + a * Math.sin(2 * Math.PI * (k + 1) * phase), 0);
    phase += hzAt((i + 0.5) / sampleRateHz) / sampleRateHz;
    return value;
  });
}

/** The voiced frames, each with its time. */
const voiced = (hz: Float32Array, hopSeconds = 0.01) =>
  Array.from(hz, (pitch, t) => ({ pitch, seconds: t * hopSeconds })).filter(({ pitch }) => !Number.isNaN(pitch));

/** Frames that the ends of a clip cut: half of 25 ms and of the longest period, at both ends. */
const cutAtEnds = 2 * 3;

describe.each([16_000, 44_100])('at %d Hz', (rate) => {
  test.each([62, 100, 147.3, 220, 333, 440, 495])('a sine of %d Hz has that pitch in every frame', (hz) => {
    const found = voiced(trackPitch(sine(hz, 1, rate), rate));
    expect(found.length).toBeGreaterThanOrEqual(101 - cutAtEnds);
    expect(found.map(({ pitch }) => pitch / hz)).toBeAllClose(new Array(found.length).fill(1), { absolute: 0.002 });
  });

  test.each([
    ['weak', [0.1, 0.5, 0.4, 0.3, 0.2]],
    ['missing', [0, 0.4, 0.4, 0.4]],
    ['falling by 1/k', [0.5, 0.25, 0.17, 0.125, 0.1]],
  ])('harmonics with a fundamental that is %s have its pitch', (_, amplitudes) => {
    for (const hz of [80, 155, 310]) {
      const found = voiced(
        trackPitch(
          tone(() => hz, amplitudes, 0.5, rate),
          rate,
        ),
      );
      expect(found.length).toBeGreaterThanOrEqual(51 - cutAtEnds);
      for (const { pitch } of found) expect(Math.abs(pitch / hz - 1)).toBeLessThan(0.01);
    }
  });

  test('a glide over two octaves is followed in time', () => {
    const hzAt = (seconds: number) => 100 * 4 ** (seconds / 2);
    const found = voiced(trackPitch(tone(hzAt, [0.5, 0.2], 2, rate), rate));
    expect(found.length).toBeGreaterThanOrEqual(201 - cutAtEnds);
    for (const { pitch, seconds } of found) expect(Math.abs(pitch / hzAt(seconds) - 1)).toBeLessThan(0.01);
  });

  test('vibrato is followed to its crests', () => {
    const hzAt = (seconds: number) => 220 + 12 * Math.sin(2 * Math.PI * 5 * seconds);
    const found = voiced(trackPitch(tone(hzAt, [0.4, 0.3, 0.2], 1, rate), rate));
    for (const { pitch, seconds } of found) expect(Math.abs(pitch - hzAt(seconds))).toBeLessThan(2);
    expect(Math.max(...found.map(({ pitch }) => pitch))).toBeGreaterThan(230);
    expect(Math.min(...found.map(({ pitch }) => pitch))).toBeLessThan(210);
  });

  test('noise is unvoiced', () => {
    const noise = Float32Array.from(uniformNoise(2 * rate, 3), (value) => 0.3 * value);
    expect(voiced(trackPitch(noise, rate))).toEqual([]);
  });

  test('silence, an offset and what is above or below the range are unvoiced', () => {
    for (const samples of [
      new Float32Array(rate),
      new Float32Array(rate).fill(0.2),
      sine(700, 1, rate),
      sine(45, 1, rate),
    ])
      expect(voiced(trackPitch(samples, rate))).toEqual([]);
  });

  test('a hum in the pauses is not speech', () => {
    const samples = sine(100, 2, rate, 0.002);
    samples.set(sine(200, 1, rate), 0);
    const found = voiced(trackPitch(samples, rate));
    expect(found.length).toBeGreaterThan(90);
    for (const { seconds } of found) expect(seconds).toBeLessThan(1.02);
    expect(median(found, ({ pitch }) => pitch)).toBeCloseTo(200, 0);
  });
});

describe('voices', () => {
  const voice: Voice = {
    pitchHz: 120,
    rangeSemitones: 0,
    glideSemitones: 0,
    syllablesPerSecond: 4,
    loudnessDb: 0,
    tiltDbPerOctave: 0,
    jitter: 0.005,
    tremor: 0,
    breath: 0.04,
    formantScale: 1,
    durationSeconds: 2,
  };
  test.each([85, 120, 180, 240, 330, 420])(
    'of %d Hz through all vowels: below 3 % of the frames are an octave off',
    (pitchHz) => {
      const ratios = [1, 2, 3].flatMap((seed) => {
        const samples = renderVoice(
          { ...voice, pitchHz, formantScale: pitchHz > 150 ? 1.15 : 1 },
          seedrandom.alea(`${seed}`),
        );
        return voiced(trackPitch(samples, 16_000)).map(({ pitch }) => pitch / pitchHz);
      });
      expect(ratios.length).toBeGreaterThan(3 * 201 * 0.25);
      expect(median(ratios)).toBeCloseTo(1, 1.7); // within 1 %
      const mistaken = ratios.filter((ratio) => Math.abs(Math.log2(ratio)) > 0.25);
      // Over 30 seeds 2.2 % at 240 Hz, whose second harmonic lies on a formant; 1.2 % and less elsewhere.
      expect(mistaken.length / ratios.length).toBeLessThan(0.03);
    },
  );

  test('loudness changes nothing', () => {
    const samples = renderVoice(voice, seedrandom.alea('loud'));
    const loud = trackPitch(samples, 16_000);
    const quiet = trackPitch(
      samples.map((sample) => sample / 64),
      16_000,
    );
    expect(voiced(quiet)).toEqual(voiced(loud));
  });
});

test('frames lie 1 + floor(samples / hop), centred; a step in pitch is where it is', () => {
  const samples = tone((seconds) => (seconds < 0.5 ? 150 : 300), [0.5], 1, 16_000);
  const hz = trackPitch(samples, 16_000, { hopSeconds: 0.005 });
  expect(hz).toHaveLength(201);
  const found = voiced(hz, 0.005);
  for (const { pitch, seconds } of found.filter(({ seconds }) => Math.abs(seconds - 0.5) > 0.025))
    expect(pitch).toBeCloseTo(seconds < 0.5 ? 150 : 300, 0);
});

test.each<[Parameters<typeof trackPitch>[2], number, RegExp]>([
  [{ lowestHz: 0 }, 16_000, /pitch of 0 to 500 Hz can't be looked for at 16000 Hz/],
  [{ lowestHz: 500, highestHz: 400 }, 16_000, /500 to 400 Hz/],
  [{}, 1000, /60 to 500 Hz can't be looked for at 1000 Hz/],
  [{ threshold: 0.3 }, 16_000, /0 < threshold ≤ voicing < 1 .*, not 0.3, 0.2 and/],
  [{ windowSeconds: 0 }, 16_000, /window above 0 s/],
  [{ hopSeconds: 0 }, 16_000, /hop/],
])('%j at %d Hz is refused', (options, rate, says) => {
  expect(() => trackPitch(new Float32Array(1000), rate, options)).toThrow(says);
});

test('librosa hears the same pitch', () => {
  const golden = JSON.parse(readFileSync(fromRoot('test', 'golden', 'pitch.golden.json'), 'utf8'));
  const { sampleRateHz, tonesHz, secondsEach, harmonics, noise, noiseSeed, hopSamples } = golden;
  const white = uniformNoise(tonesHz.length * secondsEach * sampleRateHz, noiseSeed);
  const samples = Float32Array.from(white, (value, i) => {
    const hz = tonesHz[Math.floor(i / (secondsEach * sampleRateHz))];
    const wave = (amplitude: number, k: number) =>
      amplitude * Math.sin((2 * Math.PI * (k + 1) * hz * i) / sampleRateHz);
    return harmonics.map(wave).reduce((sum: number, part: number) => sum + part, noise * value);
  });
  const pitch = trackPitch(samples, sampleRateHz, { hopSeconds: hopSamples / sampleRateHz });
  expect(pitch).toHaveLength(golden.hz.length);
  // In the middle of each tone: librosa's windows are longer, and not centred.
  const framesEach = (secondsEach * sampleRateHz) / hopSamples;
  const middle = golden.hz.flatMap((_: number, t: number) => {
    const share = (t % framesEach) / framesEach;
    return share > 0.3 && share < 0.7 ? [t] : [];
  });
  expect(middle.length).toBeGreaterThan(tonesHz.length * 9);
  const ours = middle.map((t: number) => pitch[t]);
  const theirs = middle.map((t: number) => golden.hz[t]);
  expect(ours).toBeAllClose(theirs, { relative: 0.004 });
});
