import { describe, expect, test } from '@jest/globals';
import seedrandom from 'seedrandom';
import { addWhiteNoise, noisyCopy, REPORT_SNR_DB } from '../../pipeline/augmentation/white-noise.js';
import { sine } from '../features/signals.js';

const clip = sine(440, 1, 16_000, 0.3);
const noiseOf = (noisy: Float32Array): number[] => Array.from(noisy, (value, i) => value - clip[i]);
const moment = (values: ArrayLike<number>, power: number): number =>
  Array.from(values).reduce((sum, value) => sum + value ** power, 0) / values.length;
const snrDb = (noisy: Float32Array): number => 10 * Math.log10(moment(clip, 2) / moment(noiseOf(noisy), 2));

describe('addWhiteNoise', () => {
  const add = (snr: number) => addWhiteNoise(clip, { snrDb: snr, random: seedrandom.alea('test') });

  test.each([0, 15, 22.5, 30])('meets an SNR of %d dB', (snr) => {
    expect([snrDb(add(snr))]).toBeAllClose([snr], { absolute: 1e-6 });
  });

  test('the noise is Gaussian: no mean, no skewness, kurtosis 3', () => {
    const noise = noiseOf(add(15));
    const variance = moment(noise, 2);
    const n = noise.length;
    // Five standard errors of each: σ/√n, √(6/n), √(24/n).
    expect(Math.abs(moment(noise, 1))).toBeLessThan(5 * Math.sqrt(variance / n));
    expect(Math.abs(moment(noise, 3) / variance ** 1.5)).toBeLessThan(5 * Math.sqrt(6 / n));
    expect(Math.abs(moment(noise, 4) / variance ** 2 - 3)).toBeLessThan(5 * Math.sqrt(24 / n));
  });

  test.each([1, 2, 7])('the noise is white: no correlation with itself %d samples later', (lag) => {
    const noise = noiseOf(add(15));
    const products = noise.slice(lag).map((value, i) => value * noise[i]);
    expect(Math.abs(moment(products, 1) / moment(noise, 2))).toBeLessThan(5 / Math.sqrt(noise.length));
  });

  test('a silent clip stays silent, an empty one empty, and the input is not changed', () => {
    const random = seedrandom.alea('test');
    expect(addWhiteNoise(new Float32Array(100), { snrDb: 15, random })).toEqual(new Float32Array(100));
    expect(addWhiteNoise(new Float32Array(0), { snrDb: 15, random })).toEqual(new Float32Array(0));
    const original = clip.slice();
    add(15);
    expect(clip).toEqual(original);
  });
});

describe('noisyCopy', () => {
  const make = (key: string, copy: number) => noisyCopy(clip, { key, copy, snrDb: REPORT_SNR_DB });

  test('repeats for a key and copy, and differs with either', () => {
    expect(make('a', 1)).toEqual(make('a', 1));
    expect(make('a', 1)).not.toEqual(make('a', 2));
    expect(make('a', 1)).not.toEqual(make('b', 1));
  });

  test('copies of a clip do not share their noise', () => {
    const [one, two] = [noiseOf(make('a', 1)), noiseOf(make('a', 2))];
    const correlation =
      moment(
        one.map((value, i) => value * two[i]),
        1,
      ) / Math.sqrt(moment(one, 2) * moment(two, 2));
    expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(clip.length));
  });

  test('draws the SNR uniformly from 15 to 30 dB', () => {
    const drawn = Array.from({ length: 60 }, (_, i) => snrDb(make(`clip ${i}`, 1)));
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(15 - 1e-6);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(30 + 1e-6);
    expect(Math.min(...drawn)).toBeLessThan(17);
    expect(Math.max(...drawn)).toBeGreaterThan(28);
    // Mean of a uniform draw: 22.5 dB, standard error 15/√12/√60 = 0.56.
    expect(Math.abs(moment(drawn, 1) - 22.5)).toBeLessThan(4 * 0.56);
  });
});
