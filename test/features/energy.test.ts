import { describe, expect, test } from '@jest/globals';
import { activeLevel, frameLevels, isActive } from '../../pipeline/features/energy.js';
import { sine, uniformNoise } from './signals.js';

describe.each([16_000, 44_100])('levels at %d Hz', (rate) => {
  test('a sine of amplitude a has 20 log10(a / √2)', () => {
    for (const amplitude of [1, 0.5, 0.01]) {
      const levels = frameLevels(sine(400, 1, rate, amplitude), rate); // 10 periods a frame
      expect(levels).toHaveLength(101);
      const expected = 20 * Math.log10(amplitude / Math.SQRT2);
      expect(levels.slice(2, -2)).toBeAllClose(new Array(97).fill(expected), { absolute: 0.05 });
    }
  });

  test('full scale is 0 dB, uniform noise −4.77 dB (1/√3), silence −Infinity', () => {
    expect(activeLevel(frameLevels(new Float32Array(rate).fill(-1), rate))).toBeCloseTo(0, 6);
    const noise = Float32Array.from(uniformNoise(4 * rate, 5));
    expect(activeLevel(frameLevels(noise, rate))).toBeCloseTo(20 * Math.log10(1 / Math.sqrt(3)), 1);
    expect(activeLevel(frameLevels(new Float32Array(rate), rate))).toBe(-Infinity);
  });

  test('pauses do not count, quieter speech does: the mean of powers', () => {
    const samples = new Float32Array(3 * rate);
    samples.set(sine(400, 1, rate, 0.5), 0);
    samples.set(sine(400, 1, rate, 0.05), rate); // 20 dB below: speech
    samples.set(sine(400, 1, rate, 0.005), 2 * rate); // 40 dB below: pause
    const expected = 10 * Math.log10((0.5 ** 2 + 0.05 ** 2) / 2 / 2);
    expect(activeLevel(frameLevels(samples, rate))).toBeCloseTo(expected, 1);
  });
});

test('frames are centred on multiples of the hop', () => {
  const samples = new Float32Array(1000);
  samples[500] = 1;
  const levels = frameLevels(samples, 1000, { hopSeconds: 0.1, frameSeconds: 0.05 });
  expect(levels).toHaveLength(11);
  expect(Array.from(levels, (level) => level > -Infinity)).toEqual(Array.from({ length: 11 }, (_, i) => i === 5));
  expect(levels[5]).toBeCloseTo(10 * Math.log10(1 / 50), 5);
});

test('in silence no frame is active; in a clip the loudest is', () => {
  expect(isActive(new Float32Array([-Infinity]))(-Infinity)).toBe(false);
  const speaks = isActive(new Float32Array([-20, -50, -50.1]));
  expect([-20, -50, -50.1].map(speaks)).toEqual([true, true, false]);
});

test('no rate, hop or frame of 0', () => {
  expect(() => frameLevels(new Float32Array(9), 0)).toThrow(/rate, a hop and a frame above 0, not 0 Hz/);
  expect(() => frameLevels(new Float32Array(9), 8000, { hopSeconds: -1 })).toThrow(/-1 s/);
});
