import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createResampler, resample } from '../../pipeline/audio/index.js';
import { uniformNoise } from '../features/signals.js';

const noise = Float32Array.from(uniformNoise(12_000, 7));
const rates = [8000, 11_025, 16_000, 22_050, 44_100, 48_000];

/** To the bit: sooner than toEqual over thousands of samples. */
const same = (a: Float32Array, b: Float32Array) =>
  a.length === b.length && a.every((sample, i) => Object.is(sample, b[i]));

const joined = (parts: readonly Float32Array[]) => Float32Array.from(parts.flatMap((part) => [...part]));

async function inPieces(samples: Float32Array, lengths: readonly number[], fromHz: number, toHz: number) {
  const resampler = await createResampler(fromHz, toHz);
  const parts: Float32Array[] = [];
  let start = 0;
  for (const length of lengths) {
    parts.push(resampler.push(samples.subarray(start, start + length)));
    start += length;
  }
  return joined([...parts, resampler.push(samples.subarray(start)), resampler.end()]);
}

test('however the signal is cut, the whole of it comes out, to the bit', async () => {
  const cut = fc.array(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 8000 })), {
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...rates),
      fc.constantFrom(...rates, 12_345),
      fc.integer({ min: 0, max: noise.length }),
      cut,
      async (fromHz, toHz, length, lengths) => {
        const samples = noise.subarray(0, length);
        return same(await inPieces(samples, lengths, fromHz, toHz), await resample(samples, fromHz, toHz));
      },
    ),
    { numRuns: 60 },
  );
});

test('sample by sample is the same again', async () => {
  const samples = noise.subarray(0, 2000);
  for (const [fromHz, toHz] of [
    [44_100, 16_000],
    [8000, 48_000],
  ])
    expect(
      same(await inPieces(samples, new Array(2000).fill(1), fromHz, toHz), await resample(samples, fromHz, toHz)),
    ).toBe(true);
});

test('two at once do not disturb each other', async () => {
  const [down, up] = [await createResampler(48_000, 16_000), await createResampler(8000, 16_000)];
  const [downs, ups]: Float32Array[][] = [[], []];
  for (let start = 0; start < noise.length; start += 1000) {
    downs.push(down.push(noise.subarray(start, start + 1000)));
    ups.push(up.push(noise.subarray(start, start + 1000)));
  }
  expect(same(joined([...downs, down.end()]), await resample(noise, 48_000, 16_000))).toBe(true);
  expect(same(joined([...ups, up.end()]), await resample(noise, 8000, 16_000))).toBe(true);
});

test('minutes later an impulse still lies where it should', async () => {
  const resampler = await createResampler(44_100, 16_000);
  const block = new Float32Array(441_000); // 10 s
  let written = 0;
  for (let i = 0; i < 12; i++) written += resampler.push(block).length;
  const impulse = new Float32Array(44_100);
  impulse[22_050] = 1;
  const last = joined([resampler.push(impulse), resampler.end()]);
  expect(written + last.length).toBe(121 * 16_000);
  const peak = last.indexOf(last.reduce((a, b) => Math.max(a, b)));
  expect(written + peak).toBe(120 * 16_000 + 8000);
});

test.each([
  [48_000, 16_000],
  [16_000, 16_000],
])('after its end (%i → %i Hz) it takes nothing more, and is freed as often as you like', async (fromHz, toHz) => {
  const resampler = await createResampler(fromHz, toHz);
  resampler.push(noise);
  resampler.end();
  resampler.release();
  expect(() => resampler.push(noise)).toThrow('the resampler has ended');
  expect(() => resampler.end()).toThrow('the resampler has ended');
});
