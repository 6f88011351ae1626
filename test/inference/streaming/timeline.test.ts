import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { encodeModelMetadata, load, type Recognizer } from '../../../inference/node.js';
import { resample } from '../../../pipeline/audio/index.js';
import { tinyFile, tinyMetadata, tinySpec } from '../tiny.js';
import { tinyWaveformFile } from '../tiny-waveform.js';
import { join, silence, voice, whiteNoise } from './signals.js';

/** A batch computes in another order than a clip alone: 6e-8 seen. */
const TOLERANCE = { absolute: 1e-6 };
const at8k = { sampleRateHz: 8000 };

let recognizer: Recognizer;
beforeAll(async () => {
  recognizer = await load(await tinyFile(), { provider: 'cpu', threads: 1 });
});
afterAll(() => recognizer.dispose());

/** Where the moments lie, in samples at 8 kHz. */
const places = async (samples: number, windowSeconds: number, hopSeconds: number) => {
  const moments = await recognizer.timeline(new Float32Array(samples), { ...at8k, windowSeconds, hopSeconds });
  return moments.map(({ startSeconds, endSeconds }) => [startSeconds * 8000, endSeconds * 8000].map(Math.round));
};

describe('windows', () => {
  test('lie a hop apart, and the last ends with the recording', async () => {
    expect(await places(8000, 0.5, 0.25)).toEqual([
      [0, 4000],
      [2000, 6000],
      [4000, 8000],
    ]);
    expect(await places(8001, 0.5, 0.25)).toEqual([
      [0, 4000],
      [2000, 6000],
      [4000, 8000],
      [4001, 8001],
    ]);
    expect(await places(9000, 0.25, 0.75)).toEqual([
      [0, 2000],
      [6000, 8000],
      [7000, 9000],
    ]);
  });

  test('of a recording that is shorter: one moment, with a warning', async () => {
    expect(await places(3999, 0.5, 0.25)).toEqual([[0, 3999]]);
    const [moment] = await recognizer.timeline(await voice(0.4, 8000), { ...at8k, gate: false });
    expect(moment.warnings).toEqual([expect.stringMatching(/shorter/)]);
  });

  test('are by default what the model hears, a quarter of it apart', async () => {
    const lengths = async (chunkStartsSeconds: number[]) => {
      const featureSpec = { ...tinySpec, chunkStartsSeconds };
      const strings = encodeModelMetadata({ ...tinyMetadata, featureSpec });
      const model = await load(await tinyFile(strings, { metadata: { ...tinyMetadata, featureSpec } }));
      const [first, second] = await model.timeline(await voice(1.9, 8000), { ...at8k, gate: false });
      await model.dispose();
      expect(first.warnings).toEqual([]);
      return [first.endSeconds, second.startSeconds];
    };
    expect(await lengths([0])).toEqual([0.5, 0.125]);
    expect(await lengths([0.25])).toEqual([0.5, 0.125]);
    expect(await lengths([0.25, 1])).toEqual([1.5, 0.375]);
  });
});

test.each([
  ['features', tinyFile],
  ['a waveform', tinyWaveformFile],
])('each label is what classify says of the samples cut out: a file that takes %s', async (_, file) => {
  const model = await load(await file(), { provider: 'cpu', threads: 1 });
  const samples = await voice(5, 22_050);
  const resampled = await resample(samples, 22_050, 8000);
  const moments = await model.timeline(samples, { sampleRateHz: 22_050, gate: false });
  expect(moments.length).toBeGreaterThan(32); // more than a batch
  for (const { startSeconds, endSeconds, label, unsure, probabilities, warnings } of moments) {
    const cut = resampled.subarray(Math.round(startSeconds * 8000), Math.round(endSeconds * 8000));
    const alone = await model.classify(cut, at8k);
    expect([label, unsure, warnings]).toEqual([alone.label, alone.unsure, alone.warnings]);
    expect(Object.values(probabilities!)).toBeAllClose(Object.values(alone.probabilities), TOLERANCE);
  }
  await model.dispose();
});

describe('speech', () => {
  test('is labelled; silence before and after it is not', async () => {
    const samples = join(silence(3, 8000), await voice(3, 8000), silence(3, 8000));
    const moments = await recognizer.timeline(samples, at8k);
    for (const { startSeconds, endSeconds, speech, label, unsure, probabilities, levelDbfs, voicedShare } of moments) {
      const within = startSeconds >= 3 && endSeconds <= 6;
      const outside = endSeconds <= 3 || startSeconds >= 6.5; // the detector holds on for a few frames
      if (within) expect([speech, recognizer.labels.includes(label!)]).toEqual([true, true]);
      if (outside) expect([speech, label, unsure, probabilities]).toEqual([false, null, true, null]);
      if (endSeconds <= 3) expect([levelDbfs, voicedShare]).toEqual([-120, 0]);
    }
    expect(moments.filter(({ speech }) => speech).length).toBeGreaterThan(10);
  });

  test.each([8000, 16_000, 44_100])(
    'noise, a tone and silence have no label, quiet and loud, at %i Hz',
    async (rateHz) => {
      const tone = silence(2, rateHz).map((_, i) => 0.3 * Math.sin((2 * Math.PI * 440 * i) / rateHz));
      for (const signal of [tone, silence(2, rateHz), ...[-50, -30, -12].map((dB) => whiteNoise(2, rateHz, dB))]) {
        const moments = await recognizer.timeline(signal, { sampleRateHz: rateHz, windowSeconds: 1.5 });
        expect(moments.map(({ label }) => label)).toEqual(moments.map(() => null));
      }
    },
  );

  test('is what the gate calls so', async () => {
    const samples = await voice(2, 8000);
    const labelled = async (gate: object | boolean) =>
      (await recognizer.timeline(samples, { ...at8k, windowSeconds: 1.5, gate })).map(({ label }) => label !== null);
    expect(new Set(await labelled({}))).toEqual(new Set([true]));
    expect(new Set(await labelled({ minLevelDbfs: -5 }))).toEqual(new Set([false]));
    expect(new Set(await labelled({ minSpreadDb: 100 }))).toEqual(new Set([false]));
    const half = { ...at8k, windowSeconds: 1.5 };
    const words = join(await voice(0.75, 8000), silence(0.75, 8000));
    const [enough] = await recognizer.timeline(words, half);
    const [few] = await recognizer.timeline(words, { ...half, gate: { minVoicedShare: 0.9 } });
    expect([enough.speech, few.speech]).toEqual([true, false]);
    const [moment] = await recognizer.timeline(silence(1, 8000), { ...at8k, gate: false });
    expect([moment.speech, recognizer.labels.includes(moment.label!)]).toEqual([false, true]);
  });
});

test('refuses what is no recording, and windows and gates out of range', async () => {
  const second = silence(1, 8000);
  const refused = (options: object, samples: unknown = second) =>
    recognizer.timeline(samples as Float32Array, { ...at8k, ...options });
  await expect(refused({}, [1, 2])).rejects.toThrow(TypeError);
  await expect(refused({}, new Float32Array())).rejects.toThrow('the clip is empty');
  await expect(refused({}, Float32Array.of(0, Number.NaN))).rejects.toThrow('sample 1 is NaN');
  await expect(refused({ windowSeconds: 0 })).rejects.toThrow(
    'windowSeconds 0 is not supported (supported: 0.1 to 600)',
  );
  await expect(refused({ hopSeconds: Number.NaN })).rejects.toThrow('hopSeconds NaN is not supported');
  await expect(refused({ gate: { minVoicedShare: 2 } })).rejects.toThrow('gate: minVoicedShare 2 is not supported');
  await expect(refused({ gate: 7 })).rejects.toThrow(TypeError);
  await expect(refused({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
});
