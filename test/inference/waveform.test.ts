import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { encodeModelMetadata, load, type Recognizer } from '../../inference/node.js';
import { frontEndArrays } from '../../pipeline/features/index.js';
import { uniformNoise } from '../features/signals.js';
import { attentionModel } from '../onnx/attention.js';
import { exported, randomiseWeights } from '../onnx/exported.js';
import { tinyFile, tinyMetadata } from './tiny.js';
import { tinyWaveformFile } from './tiny-waveform.js';

/** Largest |Δp| seen between the file's features and Meyda's: 1.2e-7. */
const WAVEFORM_TOLERANCE = { absolute: 1e-6 };

const noise = (length: number) => Float32Array.from(uniformNoise(length, length));
const at8k = { sampleRateHz: 8000 };

describe('a file that takes a waveform', () => {
  let features: Recognizer;
  let waveform: Recognizer;
  beforeAll(async () => {
    features = await load(await tinyFile());
    waveform = await load(await tinyWaveformFile());
  });
  afterAll(async () => {
    await features.dispose();
    await waveform.dispose();
  });

  test.each([1, 50, 3999, 4000, 4001, 20_000])(
    'answers as one that takes features does, %i samples',
    async (length) => {
      const [expected, actual] = [
        await features.classify(noise(length), at8k),
        await waveform.classify(noise(length), at8k),
      ];
      expect(Object.keys(actual.probabilities)).toEqual(tinyMetadata.labels);
      expect(Object.values(actual.probabilities)).toBeAllClose(
        Object.values(expected.probabilities),
        WAVEFORM_TOLERANCE,
      );
      expect([actual.label, actual.warnings]).toEqual([expected.label, expected.warnings]);
    },
  );

  test('at another rate, silent, and what is no clip', async () => {
    const at48k = { sampleRateHz: 48_000 };
    const [expected, actual] = [
      await features.classify(noise(48_000), at48k),
      await waveform.classify(noise(48_000), at48k),
    ];
    expect(Object.values(actual.probabilities)).toBeAllClose(Object.values(expected.probabilities), WAVEFORM_TOLERANCE);
    const silent = await waveform.classify(new Float32Array(8000), at8k);
    expect(silent.warnings).toEqual([expect.stringMatching(/silent/)]);
    await expect(waveform.classify(new Float32Array(), at8k)).rejects.toThrow('the clip is empty');
    await expect(waveform.classify(Float32Array.of(0, Number.NaN), at8k)).rejects.toThrow('sample 1 is NaN');
  });

  test('has no features to give it', async () => {
    await expect(waveform.classifyFeatures(new Float32Array(384), 1)).rejects.toThrow(
      new TypeError(
        'model: takes a waveform and computes its features itself: use classify, or a file from `serkit export --input features`',
      ),
    );
  });

  test('that gives logits is answered by their softmax', async () => {
    const logits = await load(await tinyWaveformFile({}, { logits: true }));
    const [expected, actual] = [await waveform.classify(noise(9000), at8k), await logits.classify(noise(9000), at8k)];
    expect(Object.values(actual.probabilities)).toBeAllClose(Object.values(expected.probabilities), { absolute: 1e-6 });
    await logits.dispose();
  });
});

test('attention comes with a waveform too, and knows its seconds', async () => {
  const featureSpec = { ...tinyMetadata.featureSpec, chunkStartsSeconds: [0.25, 0.5] };
  const metadata = { ...tinyMetadata, featureSpec, attention: { output: 'attention', over: 'chunks' } as const };
  const model = attentionModel([2, 12, 32]);
  randomiseWeights(model, 'attention');
  const outputs = { probabilities: 'probabilities', attention: { layer: 'attention', shape: [2] } };
  const waveform = await load(
    await exported(model, {
      ...{ outputs, frontEnd: frontEndArrays(featureSpec, tinyMetadata.normalisation) },
      metadata: encodeModelMetadata({ ...metadata, input: 'waveform' }),
    }),
  );
  const features = await load(await exported(model, { outputs, metadata: encodeModelMetadata(metadata) }));
  const clip = noise(5200); // 0.1 s short of the first chunk's end
  const [expected, actual] = [await features.classify(clip, at8k), await waveform.classify(clip, at8k)];
  expect(actual.attention!.map(({ startSeconds }) => startSeconds)).toEqual(
    expected.attention!.map(({ startSeconds }) => startSeconds),
  );
  const weights = ({ attention }: typeof actual) => attention!.map(({ weight }) => weight);
  expect(weights(actual)).toBeAllClose(weights(expected), WAVEFORM_TOLERANCE);
  await features.dispose();
  await waveform.dispose();
});

test('a file whose metadata say otherwise than its graph is refused', async () => {
  await expect(load(await tinyFile({ 'serkit.input': 'waveform' }))).rejects.toThrow(
    'model: takes a waveform of batch × 12 × 32 × 1, but its metadata says batch × samples',
  );
  await expect(load(await tinyWaveformFile({ 'serkit.input': 'features' }))).rejects.toThrow(
    'model: takes features of batch × samples, but its metadata says batch × 12 × 32 × 1',
  );
  await expect(load(await tinyWaveformFile({ 'serkit.input': 'spectrum' }))).rejects.toThrow('serkit.input');
  await expect(load(await tinyWaveformFile({ 'serkit.output': 'scores' }))).rejects.toThrow('serkit.output');
});
