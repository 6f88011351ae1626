import { describe, expect, test } from '@jest/globals';
import { resample, type StreamingResampler } from '../../pipeline/audio/index.js';
import { createPolyphaseResampler, hasPolyphase } from '../../pipeline/audio/polyphase.js';
import { createSpeexResampler } from '../../pipeline/audio/speex.js';
import { uniformNoise } from '../features/signals.js';

/** Of full scale. Measured: 2e-6, from SpeexDSP's window, which it interpolates, and our sums in float32. */
const TOLERANCE = { absolute: 4e-6 };

const whole = (resampler: StreamingResampler, samples: Float32Array) =>
  Float32Array.of(...resampler.push(samples), ...resampler.end());
const resamplePolyphase = (samples: Float32Array, fromHz: number, toHz: number) =>
  whole(createPolyphaseResampler(fromHz, toHz), samples);
const resampleBySpeex = async (samples: Float32Array, fromHz: number, toHz: number) =>
  whole(await createSpeexResampler(fromHz, toHz), samples);

const noise = (samples: number) => Float32Array.from(uniformNoise(samples, 7));

describe('the same samples as SpeexDSP', () => {
  test.each([
    [48_000, 16_000],
    [44_100, 16_000],
    [48_000, 44_100],
    [8000, 16_000],
    [16_000, 44_100],
    [11_025, 16_000],
    [96_000, 22_050],
    [16_000, 15_999],
  ])('from %d to %d Hz, over several blocks', async (fromHz, toHz) => {
    const samples = noise(20_011);
    expect(hasPolyphase(fromHz, toHz)).toBe(toHz !== 15_999);
    if (!hasPolyphase(fromHz, toHz))
      expect(await resample(samples, fromHz, toHz)).toEqual(await resampleBySpeex(samples, fromHz, toHz));
    else
      expect(resamplePolyphase(samples, fromHz, toHz)).toBeAllClose(
        await resampleBySpeex(samples, fromHz, toHz),
        TOLERANCE,
      );
  });

  test.each([1, 2, 3, 100, 383, 384, 385, 1000])(
    'of %d samples, fewer or more than the filter is long',
    async (length) => {
      const samples = noise(length);
      for (const [fromHz, toHz] of [
        [48_000, 16_000],
        [16_000, 44_100],
      ])
        expect(resamplePolyphase(samples, fromHz, toHz)).toBeAllClose(
          await resampleBySpeex(samples, fromHz, toHz),
          TOLERANCE,
        );
    },
  );

  test('of rates in turn, more than are kept', async () => {
    const samples = noise(500);
    const rates = [8000, 11_025, 22_050, 32_000, 44_100, 48_000];
    const first = rates.map((rate) => resamplePolyphase(samples, rate, 16_000));
    expect(rates.map((rate) => resamplePolyphase(samples, rate, 16_000))).toEqual(first);
  });

  test('of none: none', () => {
    expect(resamplePolyphase(new Float32Array(0), 48_000, 16_000)).toHaveLength(0);
  });
});
