import { describe, expect, test } from '@jest/globals';
import { mixToMono, trimSilence } from '../../pipeline/audio/index.js';

const RATE_HZ = 16_000;

/** A square wave of these amplitudes, each held for its seconds: every frame's RMS is its amplitude. */
const levels = (...parts: [seconds: number, amplitude: number][]) =>
  Float32Array.from(
    parts.flatMap(([seconds, amplitude]) =>
      Array.from({ length: seconds * RATE_HZ }, (_, i) => (i % 2 ? amplitude : -amplitude)),
    ),
  );

describe('trimSilence', () => {
  test('keeps the loud part and the margin, to within a frame', () => {
    const samples = levels([0.5, 0.001], [1, 0.5], [0.5, 0.001]);
    const { startSample, endSample, samples: kept } = trimSilence(samples, RATE_HZ);
    // The first frame that touches the sound by enough begins at most a frame before it; likewise the last.
    expect(startSample).toBeGreaterThanOrEqual(Math.round((0.5 - 0.05 - 0.025) * RATE_HZ));
    expect(startSample).toBeLessThanOrEqual((0.5 - 0.05) * RATE_HZ);
    expect(endSample).toBeGreaterThanOrEqual(1.55 * RATE_HZ);
    expect(endSample).toBeLessThanOrEqual(Math.round((1.55 + 0.025) * RATE_HZ));
    expect(kept).toEqual(samples.subarray(startSample, endSample));
  });

  test('the threshold is dB below the loudest frame, whatever the level', () => {
    for (const gain of [1, 1e-4]) {
      const just = (belowDb: number) => levels([0.5, gain * 10 ** (-belowDb / 20)], [0.5, gain]);
      expect(trimSilence(just(29), RATE_HZ).startSample).toBe(0);
      expect(trimSilence(just(31), RATE_HZ).startSample).toBeGreaterThan(0.4 * RATE_HZ);
      expect(trimSilence(just(31), RATE_HZ, { thresholdDb: -32 }).startSample).toBe(0);
    }
  });

  test('pauses inside stay', () => {
    const samples = levels([0.2, 0.5], [0.6, 0], [0.2, 0.5]);
    expect(trimSilence(samples, RATE_HZ).samples).toEqual(samples);
  });

  test('a frame of no margin is cut to the hop', () => {
    const samples = levels([0.1, 0], [0.1, 0.5], [0.1, 0]);
    const options = { marginSeconds: 0, frameSeconds: 0.01, hopSeconds: 0.01 };
    expect(trimSilence(samples, RATE_HZ, options)).toMatchObject({ startSample: 1600, endSample: 3200 });
  });

  test.each([0, 1, 399, 16_000])('silence of %i samples comes back whole', (length) => {
    expect(trimSilence(new Float32Array(length), RATE_HZ)).toMatchObject({ startSample: 0, endSample: length });
  });

  test('nonsense is refused', () => {
    for (const options of [{ thresholdDb: 1 }, { marginSeconds: -1 }, { hopSeconds: 0 }, { frameSeconds: Number.NaN }])
      expect(() => trimSilence(new Float32Array(1), RATE_HZ, options)).toThrow(RangeError);
    expect(() => trimSilence(new Float32Array(1), 0)).toThrow(RangeError);
  });
});

describe('mixToMono', () => {
  test('is the mean of the channels', () => {
    expect(mixToMono([Float32Array.of(1, 0, -1), Float32Array.of(0, 0.5, -1)])).toEqual(Float32Array.of(0.5, 0.25, -1));
    expect(mixToMono([Float32Array.of(0.1), Float32Array.of(0.1), Float32Array.of(0.1)])).toEqual(Float32Array.of(0.1));
  });

  test('one channel is copied; none, or several lengths, are refused', () => {
    const channel = Float32Array.of(1, 2);
    expect(mixToMono([channel])).toEqual(channel);
    expect(mixToMono([channel])).not.toBe(channel);
    expect(() => mixToMono([])).toThrow(RangeError);
    expect(() => mixToMono([channel, Float32Array.of(1)])).toThrow(RangeError);
  });
});
