import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { load, type Moment, type Recognizer, type StreamResult } from '../../../inference/node.js';
import { tinyFile } from '../tiny.js';
import { tinyWaveformFile } from '../tiny-waveform.js';
import { runStream } from './run-stream.js';
import { join, silence, voice } from './signals.js';

let recognizer: Recognizer;
beforeAll(async () => {
  recognizer = await load(await tinyWaveformFile(), { provider: 'cpu', threads: 1 });
});
afterAll(() => recognizer.dispose());

/** Speech, a pause and speech again. */
const talk = async (rateHz: number) =>
  join(await voice(1.2, rateHz), silence(1.5, rateHz), await voice(1.3, rateHz, 'again'));

describe('results', () => {
  test.each([8000, 11_025, 16_000, 22_050, 44_100, 48_000])(
    'are the same to the bit however the blocks were cut, at %i Hz',
    async (sampleRateHz) => {
      const samples = await talk(sampleRateHz);
      const options = { sampleRateHz, hopSeconds: 0.2 };
      const whole = await runStream(recognizer, samples, options);
      expect(new Set(whole.map(({ speech }) => speech))).toEqual(new Set([true, false]));
      const length = fc.oneof(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 5000 }), fc.constant(100_000));
      await fc.assert(
        fc.asyncProperty(fc.array(length, { maxLength: 60 }), async (lengths) => {
          expect(await runStream(recognizer, samples, options, lengths)).toEqual(whole);
        }),
        { numRuns: 4 },
      );
    },
  );

  test('written sample by sample are the same again', async () => {
    const samples = (await talk(11_025)).subarray(0, 16_000);
    const options = { sampleRateHz: 11_025 };
    const bySample = await runStream(recognizer, samples, options, new Array(16_000).fill(1));
    expect(bySample).toEqual(await runStream(recognizer, samples, options));
  });

  test.each([
    ['features', tinyFile],
    ['a waveform', tinyWaveformFile],
  ])('are those of the timeline over the whole: a file that takes %s', async (_, file) => {
    const model = await load(await file(), { provider: 'cpu', threads: 1 });
    const samples = await talk(44_100);
    for (const gate of [true, false]) {
      const options = { sampleRateHz: 44_100, windowSeconds: 0.5, hopSeconds: 0.3, gate };
      const moments = await model.timeline(samples, options);
      const results = await runStream(model, samples, options, [10_000, 10_000]);
      expect(results.map(withoutProbabilities)).toEqual(moments.map(withoutProbabilities));
      for (const [i, { rawProbabilities }] of results.entries()) {
        const expected = Object.values(moments[i].probabilities ?? {});
        // One clip a run here, many there; 6e-8 seen.
        expect(Object.values(rawProbabilities ?? {})).toBeAllClose(expected, { absolute: 1e-6 });
      }
    }
    await model.dispose();
  });

  test('come with a rate of the model that the voice detector does not know', async () => {
    const { tinyMetadata } = await import('../tiny.js');
    const { encodeModelMetadata } = await import('../../../inference/node.js');
    const featureSpec = { ...tinyMetadata.featureSpec, sampleRateHz: 11_025, hopSamples: 175 };
    const metadata = { ...tinyMetadata, featureSpec, sampleRateHz: 11_025 };
    const model = await load(await tinyFile(encodeModelMetadata(metadata), { metadata }));
    const samples = await talk(16_000);
    const options = { sampleRateHz: 16_000, hopSeconds: 0.3, windowSeconds: 0.5 };
    const moments = await model.timeline(samples, options);
    const results = await runStream(model, samples, options, new Array(200).fill(300));
    expect(results.map(withoutProbabilities)).toEqual(moments.map(withoutProbabilities));
    await model.dispose();
  });
});

/** What a moment and a result have in common, beside their probabilities and what is smoothed. */
function withoutProbabilities(one: Moment | StreamResult) {
  const { startSeconds, speech, levelDbfs, voicedShare, warnings } = one;
  const endSeconds = 'endSeconds' in one ? one.endSeconds : one.timeSeconds;
  return { startSeconds, endSeconds, speech, levelDbfs, voicedShare, warnings, labelled: one.label !== null };
}

describe('smoothing', () => {
  test('halves what was before in a half-life, of windows with speech alone', async () => {
    const options = { sampleRateHz: 8000, hopSeconds: 0.1, halfLifeSeconds: 0.4 };
    const results = await runStream(recognizer, await talk(8000), options);
    expect(results.some(({ speech }) => !speech)).toBe(true);
    let smoothed: number[] | undefined;
    let before = 0;
    for (const { speech, probabilities, rawProbabilities, label, timeSeconds } of results) {
      if (!speech) {
        expect([probabilities, rawProbabilities, label]).toEqual([null, null, null]);
        continue;
      }
      const raw = Object.values(rawProbabilities!);
      const kept = 0.5 ** ((timeSeconds - before) / 0.4);
      smoothed = smoothed ? smoothed.map((s, i) => kept * s + (1 - kept) * raw[i]) : raw;
      before = timeSeconds;
      expect(Object.values(probabilities!)).toBeAllClose(smoothed, { absolute: 1e-12 });
      expect(label).toBe(recognizer.labels[smoothed.indexOf(Math.max(...smoothed))]);
    }
    const last = results.filter(({ speech }) => speech).at(-1)!;
    expect(last.probabilities).not.toEqual(last.rawProbabilities);
  });

  test('of half-life 0 is none', async () => {
    const results = await runStream(recognizer, await voice(1, 8000), { sampleRateHz: 8000, halfLifeSeconds: 0 });
    expect(results.length).toBeGreaterThan(3);
    for (const { probabilities, rawProbabilities } of results) expect(probabilities).toEqual(rawProbabilities);
  });
});

describe('the end', () => {
  test('of less than a window is one result, with a warning; of nothing is none', async () => {
    const options = { sampleRateHz: 8000, gate: false };
    const results = await runStream(recognizer, await voice(0.3, 8000), options);
    expect(results).toMatchObject([
      { startSeconds: 0, timeSeconds: 0.3, warnings: [expect.stringMatching(/shorter/)] },
    ]);
    expect(await runStream(recognizer, new Float32Array(), options, [0, 0])).toEqual([]);
  });

  test('can be read after the writer has closed', async () => {
    const { readable, writable } = recognizer.stream({ sampleRateHz: 8000, gate: false });
    const writer = writable.getWriter();
    await writer.write(silence(0.2, 8000));
    await writer.close();
    const reader = readable.getReader();
    expect((await reader.read()).value).toMatchObject({ timeSeconds: 0.2 });
    expect((await reader.read()).done).toBe(true);
  });
});
