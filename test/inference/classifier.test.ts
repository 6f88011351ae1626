import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { encodeModelMetadata, load, type Recognizer } from '../../inference/node.js';
import { cnnLstm } from '../../models/cnn-lstm.js';
import type { ToOnnxOptions } from '../../onnx/index.js';
import { extractFeatures, normalise } from '../../pipeline/features/index.js';
import { attentionModel, withAttention } from '../onnx/attention.js';
import { exported, randomiseWeights, runTfjs } from '../onnx/exported.js';
import { tinyFile, tinyMetadata, tinyModel, tinySpec } from './tiny.js';

/** Largest |Δp| seen: 6e-8. */
const probabilityTolerance = { absolute: 1e-6 };

const tone = (seconds: number, rateHz: number): Float32Array =>
  Float32Array.from({ length: seconds * rateHz }, (_, i) => 0.3 * Math.sin((2 * Math.PI * 440 * i) / rateHz));

let recognizer: Recognizer;
beforeAll(async () => {
  recognizer = await load(await tinyFile(), { provider: 'cpu', threads: 1 });
});
afterAll(() => recognizer.dispose());

describe('classify', () => {
  test('is features, normalisation and model, as tfjs computes them', async () => {
    const samples = tone(0.6, 8000);
    const { values } = extractFeatures(samples, tinySpec);
    const input = tf.tensor(normalise(values, [1, 12, 32], tinyMetadata.normalisation), [1, 12, 32, 1]);
    const [{ values: expected }] = runTfjs(tinyModel(), [input]);
    const { label, probabilities, warnings, provider, timings } = await recognizer.classify(samples, {
      sampleRateHz: 8000,
    });
    expect(Object.keys(probabilities)).toEqual(tinyMetadata.labels);
    expect(Object.values(probabilities)).toBeAllClose(expected, probabilityTolerance);
    expect(label).toBe(tinyMetadata.labels[expected.indexOf(Math.max(...expected))]);
    expect([warnings, provider]).toEqual([[], 'cpu']);
    const { resampleMilliseconds, featuresMilliseconds, modelMilliseconds, totalMilliseconds } = timings;
    expect(Math.min(featuresMilliseconds, modelMilliseconds)).toBeGreaterThan(0);
    expect(totalMilliseconds).toBeCloseTo(resampleMilliseconds + featuresMilliseconds + modelMilliseconds, 6);
  });

  test('resamples: the same tone at another rate gets much the same answer', async () => {
    const low = await recognizer.classify(tone(0.6, 8000), { sampleRateHz: 8000 });
    const high = await recognizer.classify(tone(0.6, 48_000), { sampleRateHz: 48_000 });
    expect(high.label).toBe(low.label);
    expect(Object.values(high.probabilities)).toBeAllClose(Object.values(low.probabilities), { absolute: 0.05 });
  });

  test('warns of silence and of a clip shorter than a window', async () => {
    const silence = await recognizer.classify(new Float32Array(8000), { sampleRateHz: 8000 });
    expect(silence.warnings).toEqual([expect.stringMatching(/silent/)]);
    const short = await recognizer.classify(tone(0.1, 8000), { sampleRateHz: 8000 });
    expect(short.warnings).toEqual([expect.stringMatching(/shorter/)]);
    const sum = Object.values(short.probabilities).reduce((total, p) => total + p, 0);
    expect(sum).toBeCloseTo(1, 5);
  });

  test('refuses what is no clip', async () => {
    const at8k = { sampleRateHz: 8000 };
    await expect(recognizer.classify([0, 1] as unknown as Float32Array, at8k)).rejects.toThrow(TypeError);
    await expect(recognizer.classify(new Float32Array(), at8k)).rejects.toThrow('the clip is empty');
    await expect(recognizer.classify(Float32Array.of(0, Number.NaN), at8k)).rejects.toThrow('sample 1 is NaN');
    await expect(recognizer.classify(tone(0.5, 8000), { sampleRateHz: 0 })).rejects.toThrow(RangeError);
  });
});

describe('classifyFeatures', () => {
  test('a batch gives each clip what it gets alone', async () => {
    const clips = [tone(0.6, 8000), new Float32Array(8000), tone(0.2, 8000)];
    const features = clips.map((samples) => extractFeatures(samples, tinySpec).values);
    const batch = await recognizer.classifyFeatures(Float32Array.from(features.flatMap((values) => [...values])), 3);
    const alone = await Promise.all(features.map((values) => recognizer.classifyFeatures(values, 1)));
    expect(batch).toBeAllClose(
      alone.flatMap((row) => [...row]),
      probabilityTolerance,
    );
  });

  test('refuses features of another size, and such as are not finite', async () => {
    await expect(recognizer.classifyFeatures(new Float32Array(10), 1)).rejects.toThrow(
      '10 feature values are not those of 1 clips of 1 × 12 × 32',
    );
    await expect(recognizer.classifyFeatures(new Float32Array(384).fill(Number.NaN), 1)).rejects.toThrow(
      'feature value 0 is NaN',
    );
  });
});

describe('a model of several chunks', () => {
  /** A tone that grows, so that the chunks differ. */
  const swell = tone(1, 8000).map((sample, i) => (sample * i) / 8000);
  const sees = (chunkStartsSeconds: number[]) => ({ ...tinySpec, chunkStartsSeconds });
  const build = (chunks: number) => {
    const options = { ...cnnLstm.defaults, filters: [4], pools: [4], dropouts: [0.3], lstmUnits: 8 };
    const model = cnnLstm.build({ shape: [chunks, 12, 32], labels: 3, seed: 1 }, options);
    randomiseWeights(model, 'chunks');
    return model;
  };
  const opened = async (featureSpec: typeof tinySpec) => {
    const metadata = encodeModelMetadata({ ...tinyMetadata, featureSpec });
    return load(await exported(build(featureSpec.chunkStartsSeconds.length), { metadata }), { provider: 'cpu' });
  };

  test.each([[[0, 0.25]], [[0, 0.125, 0.5]], [[0.25]]])('cut at %j, is what tfjs computes', async (starts) => {
    const spec = sees(starts);
    const shape = [starts.length, 12, 32] as const;
    const features = normalise(extractFeatures(swell, spec).values, shape, tinyMetadata.normalisation);
    const input = tf.tensor(features, starts.length === 1 ? [1, 12, 32, 1] : [1, ...shape, 1]);
    const [{ values: expected }] = runTfjs(build(starts.length), [input]);
    const recognizer = await opened(spec);
    const { probabilities } = await recognizer.classify(swell, { sampleRateHz: 8000 });
    expect(Object.values(probabilities)).toBeAllClose(expected, probabilityTolerance);
    await recognizer.dispose();
  });

  test('hears the chunks in their order', async () => {
    const recognizer = await opened(sees([0, 0.5]));
    const { values } = extractFeatures(swell, sees([0, 0.5]));
    const size = values.length / 2;
    const exchanged = Float32Array.from([...values.subarray(size), ...values.subarray(0, size)]);
    const [inOrder, otherwise] = [
      await recognizer.classifyFeatures(values, 1),
      await recognizer.classifyFeatures(exchanged, 1),
    ];
    expect(Math.max(...inOrder.map((p, i) => Math.abs(p - otherwise[i])))).toBeGreaterThan(1e-3);
    await recognizer.dispose();
  });

  test('whose metadata names another number of chunks is refused', async () => {
    const metadata = encodeModelMetadata({ ...tinyMetadata, featureSpec: sees([0, 0.25]) });
    await expect(load(await exported(build(3), { metadata }))).rejects.toThrow(
      'takes features of batch × 3 × 12 × 32 × 1, but its metadata says batch × 2 × 12 × 32 × 1',
    );
  });
});

describe('a model with attention', () => {
  const featureSpec = { ...tinySpec, chunkStartsSeconds: [0.25, 0.5] };
  const attention = { output: 'attention', over: 'chunks' } as const;
  const strings = encodeModelMetadata({ ...tinyMetadata, featureSpec, attention });
  const model = () => {
    const made = attentionModel([2, 12, 32]);
    randomiseWeights(made, 'attention');
    return made;
  };
  const file = (metadata: Record<string, string>, outputs: ToOnnxOptions['outputs']) =>
    exported(model(), { metadata, outputs });
  const both = { probabilities: 'probabilities', attention: { layer: 'attention', shape: [2] } };
  const swell = tone(1, 8000).map((sample, i) => (sample * i) / 8000);
  const at8k = { sampleRateHz: 8000 };

  test.each([
    ['first', both],
    ['last', { attention: both.attention, probabilities: 'probabilities' }],
  ])("answers with each chunk's span and weight, the probabilities standing %s in the file", async (_, outputs) => {
    const recognizer = await load(await file(strings, outputs));
    const features = extractFeatures(swell, featureSpec).values;
    const input = tf.tensor(normalise(features, [2, 12, 32], tinyMetadata.normalisation), [1, 2, 12, 32, 1]);
    const [probabilities, weights] = runTfjs(withAttention(model()), [input]);
    const answer = await recognizer.classify(swell, at8k);
    expect(Object.values(answer.probabilities)).toBeAllClose(probabilities.values, probabilityTolerance);
    const [first, second] = answer.attention!;
    expect([first, second]).toMatchObject([
      { startSeconds: 0.25, endSeconds: 0.75 },
      { startSeconds: 0.5, endSeconds: 1 },
    ]);
    expect([first.weight, second.weight]).toBeAllClose(weights.values, probabilityTolerance);
    expect(first.weight + second.weight).toBeCloseTo(1, 6);
    expect(Math.abs(first.weight - second.weight)).toBeGreaterThan(1e-3); // the test would not see them exchanged
    expect(await recognizer.classifyFeatures(features, 1)).toBeAllClose(probabilities.values, probabilityTolerance);
    await recognizer.dispose();
  });

  test('says of a short clip where its chunks were cut', async () => {
    const recognizer = await load(await file(strings, both));
    const { attention } = await recognizer.classify(swell.subarray(0, 4800), at8k); // 0.15 s short of 0.75
    expect(attention!.map(({ startSeconds }) => startSeconds)).toBeAllClose([0.1, 0.35], { absolute: 1e-12 });
    await recognizer.dispose();
  });

  test('that the metadata name and the graph lacks, or the other way round, is refused', async () => {
    await expect(load(await file(strings, { probabilities: 'probabilities' }))).rejects.toThrow(
      'model: takes features and gives probabilities (supported: one input, one output, and the attention "attention" that its metadata name)',
    );
    await expect(load(await file(encodeModelMetadata({ ...tinyMetadata, featureSpec }), both))).rejects.toThrow(
      'model: takes features and gives probabilities, attention (supported: one input, one output)',
    );
    await expect(load(await file(strings, { ...both, attention: 'lstm' }))).rejects.toThrow(
      'model: gives attention of batch × 2 × 4, but its metadata says batch × 2',
    );
  });

  test('is absent from the answers of a model without', async () => {
    expect(await recognizer.classify(swell, at8k)).not.toHaveProperty('attention');
  });
});

describe('load', () => {
  test('without a provider says which one it took', async () => {
    const opened = await load(await tinyFile());
    expect(opened.diagnostics.at(-1)).toMatchObject({ provider: opened.provider, outcome: 'chosen' });
    await opened.dispose();
  });

  test('reads a path, and says when it cannot', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'serkit-load-'));
    try {
      const path = join(folder, 'tiny.onnx');
      writeFileSync(path, await tinyFile());
      const fromFile = await load(path);
      expect(fromFile.labels).toEqual(['calm', 'angry', 'sad']);
      await fromFile.dispose();
      await expect(load(join(folder, 'none.onnx'))).rejects.toThrow(
        /none\.onnx: is not there; supported: \.onnx files/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('a provider that is unknown, or does not work here, is an error with its reason', async () => {
    const bytes = await tinyFile();
    await expect(load(bytes, { provider: 'abacus' as 'cpu' })).rejects.toThrow(
      'provider "abacus" is unknown (supported: auto, cpu, cuda, webgpu)',
    );
    await load(bytes, { provider: 'cuda' }).then(
      async (working) => {
        expect(working.provider).toBe('cuda');
        await working.dispose();
      },
      ({ message }: Error) => expect(message).toMatch(/^model: onnxruntime cannot load it on cuda: [^\n]+$/),
    );
  });

  test('a graph that is damaged behind good metadata is an error of one line', async () => {
    const bytes = await tinyFile();
    const damaged = Buffer.from(bytes);
    for (let at = damaged.indexOf('Flatten'); at >= 0; at = damaged.indexOf('Flatten')) damaged.write('Fl0tten', at);
    await expect(load(damaged)).rejects.toThrow(/^model: onnxruntime cannot load it on cpu: [^\n]+$/);
  });
});
