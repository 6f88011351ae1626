import { describe, expect, test } from '@jest/globals';
import { resample } from '../../pipeline/audio/index.js';

const sine = (hz: number, rateHz: number, length: number) =>
  Float32Array.from({ length }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / rateHz + 0.3));

const pairs: [number, number][] = [
  [44_100, 16_000],
  [48_000, 16_000],
  [22_050, 16_000],
  [16_000, 44_100],
  [8000, 48_000],
];

describe('resampling', () => {
  test.each(pairs)('%i → %i Hz: a sine keeps its frequency, amplitude and phase', async (fromHz, toHz) => {
    const resampled = await resample(sine(1000, fromHz, fromHz), fromHz, toHz);
    expect(resampled.length).toBe(toHz);
    const edge = toHz / 20; // the sine's sudden start and end are no sine
    // measured: at most 2.3e-7
    expect(resampled.subarray(edge, -edge)).toBeAllClose(sine(1000, toHz, toHz).subarray(edge, -edge), {
      absolute: 5e-7,
    });
  });

  test.each(pairs)('%i → %i Hz: an impulse stays in place, symmetric, its sum kept', async (fromHz, toHz) => {
    const impulse = new Float32Array(fromHz);
    impulse[fromHz / 2] = 1;
    const resampled = await resample(impulse, fromHz, toHz);
    const centre = toHz / 2;
    expect(resampled.indexOf(resampled.reduce((a, b) => Math.max(a, b)))).toBe(centre);
    const before = resampled.slice(centre - 100, centre).reverse();
    expect(resampled.subarray(centre + 1, centre + 101)).toBeAllClose(before, { absolute: 5e-7 }); // measured: 2.1e-7
    expect(resampled.reduce((sum, value) => sum + value, 0)).toBeCloseTo(toHz / fromHz, 4);
  });

  test.each(pairs.filter(([fromHz, toHz]) => toHz < fromHz))(
    '%i → %i Hz: what lies above half the new rate is gone by 120 dB',
    async (fromHz, toHz) => {
      const resampled = await resample(sine(0.55 * toHz, fromHz, fromHz), fromHz, toHz);
      const middle = resampled.subarray(toHz / 20, -toHz / 20);
      const peak = middle.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(20 * Math.log10(peak / 0.5)).toBeLessThan(-120); // measured: −130
    },
  );

  test('the tail is kept: an impulse on the last sample is there', async () => {
    const impulse = new Float32Array(30_000);
    impulse[29_999] = 1;
    const resampled = await resample(impulse, 48_000, 16_000);
    expect(resampled.at(-1)).toBeGreaterThan(0.1); // sinc a third of a sample off its peak of 1/3: measured 0.14
  });

  test.each([0, 1, 2, 3, 100, 8191, 8192, 8193])('%i samples: round(n · to / from)', async (length) => {
    for (const [fromHz, toHz] of pairs)
      expect((await resample(new Float32Array(length), fromHz, toHz)).length).toBe(
        Math.round((length * toHz) / fromHz),
      );
  });

  test('what comes before does not depend on how much comes after', async () => {
    const long = sine(700, 44_100, 60_000);
    const whole = await resample(long, 44_100, 16_000);
    const part = await resample(long.subarray(0, 20_011), 44_100, 16_000);
    expect(part.subarray(0, 7000)).toEqual(whole.subarray(0, 7000));
  });

  test('equal rates: the same samples, in an array of their own', async () => {
    const samples = sine(440, 16_000, 100);
    const same = await resample(samples, 16_000, 16_000);
    expect(same).toEqual(samples);
    expect(same).not.toBe(samples);
  });

  test.each([0, -1, 16_000.5, Number.NaN, Number.POSITIVE_INFINITY])('a rate of %p is refused', async (rateHz) => {
    await expect(resample(new Float32Array(1), 16_000, rateHz)).rejects.toThrow(RangeError);
    await expect(resample(new Float32Array(1), rateHz, 16_000)).rejects.toThrow(RangeError);
  });
});
