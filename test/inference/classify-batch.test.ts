import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Recognizer } from '../../inference/classifier.js';
import {
  type Classification,
  type Clip,
  encodeModelMetadata,
  load,
  type ModelMetadata,
  readModelMetadata,
} from '../../inference/node.js';
import { openNode } from '../../inference/providers/node.js';
import { frontEndArrays } from '../../pipeline/features/index.js';
import { uniformNoise } from '../features/signals.js';
import { attentionModel } from '../onnx/attention.js';
import { exported, randomiseWeights } from '../onnx/exported.js';
import { tinyFile, tinyMetadata } from './tiny.js';
import { tinyWaveformFile } from './tiny-waveform.js';

/** Largest |Δp| seen between a clip in a batch and alone: 1.2e-7. */
const ROUNDING = { absolute: 1e-6 };

const noise = (length: number, sampleRateHz = 8000): Clip => ({
  samples: Float32Array.from(uniformNoise(length, length)),
  sampleRateHz,
});
/** Shorter than a chunk, ending inside one, as long, longer; at other rates; two of one length. */
const clips = [
  ...[1, 50, 3999, 4000, 4001, 5200, 7000, 9000, 9000, 20_000].map((length) => noise(length)),
  noise(30_000, 44_100),
  noise(3000, 16_000),
];
const rows = (answers: readonly Classification[]) =>
  answers.flatMap(({ probabilities }) => Object.values(probabilities));

/** Two chunks of half a second, from 0.25 and 0.5 s: short clips move them. */
async function chunkedFile(input: ModelMetadata['input']): Promise<Uint8Array> {
  const featureSpec = { ...tinyMetadata.featureSpec, chunkStartsSeconds: [0.25, 0.5] };
  const metadata = { ...tinyMetadata, input, featureSpec, attention: { output: 'attention', over: 'chunks' } as const };
  const model = attentionModel([2, 12, 32]);
  randomiseWeights(model, 'attention');
  return exported(model, {
    outputs: { probabilities: 'probabilities', attention: { layer: 'attention', shape: [2] } },
    metadata: encodeModelMetadata(metadata),
    ...(input === 'waveform' && { frontEnd: frontEndArrays(featureSpec, tinyMetadata.normalisation) }),
  });
}

/** A recognizer, and the shapes that its model was run with. */
async function watched(bytes: Uint8Array): Promise<{ recognizer: Recognizer; shapes: number[][] }> {
  const metadata = readModelMetadata(bytes, 'model');
  const model = await openNode(bytes, 'model', { provider: 'cpu', attention: metadata.attention?.output });
  const shapes: number[][] = [];
  const run: typeof model.run = (values, shape) => {
    shapes.push([...shape]);
    return model.run(values, shape);
  };
  return { recognizer: new Recognizer({ ...model, run }, metadata, 'model'), shapes };
}

describe.each([
  ['features', () => tinyFile(), [[12, 12, 32, 1]]],
  ['a waveform', () => tinyWaveformFile(), [[12, 4000]]],
  ['features of two chunks', () => chunkedFile('features'), [[12, 2, 12, 32, 1]]],
  // The chunks' end is at 8000; of clips shorter than a chunk each length is its own.
  [
    'a waveform of two chunks',
    () => chunkedFile('waveform'),
    [
      [1, 1],
      [1, 50],
      [1, 3999],
      [1, 1500],
      [8, 8000],
    ],
  ],
])('a batch, of a file that takes %s,', (_, file, expectedShapes) => {
  let recognizer: Recognizer;
  let shapes: number[][];
  beforeAll(async () => {
    ({ recognizer, shapes } = await watched(await file()));
  });
  afterAll(() => recognizer.dispose());

  test('gives each clip what it gets alone, in as few runs as can be', async () => {
    const alone: Classification[] = [];
    for (const { samples, sampleRateHz } of clips) alone.push(await recognizer.classify(samples, { sampleRateHz }));
    shapes.length = 0;
    const batch = await recognizer.classifyBatch(clips);
    expect(rows(batch)).toBeAllClose(rows(alone), ROUNDING);
    const rest = ({ label, unsure, warnings, provider }: Classification) => ({ label, unsure, warnings, provider });
    expect(batch.map(rest)).toEqual(alone.map(rest));
    const spans = ({ attention }: Classification) => attention?.map(({ startSeconds }) => startSeconds);
    expect(batch.map(spans)).toEqual(alone.map(spans));
    const sorted = (all: readonly number[][]) => all.map((shape) => shape.join(' × ')).sort();
    expect(sorted(shapes)).toEqual(sorted(expectedShapes));
  });

  test('is cut into runs of 64', async () => {
    shapes.length = 0;
    const answers = await recognizer.classifyBatch(Array.from({ length: 66 }, (_, i) => noise(8000 + i)));
    expect(answers).toHaveLength(66);
    expect(shapes.map(([count]) => count)).toEqual([64, 2]);
  });

  test('may be empty', async () => {
    expect(await recognizer.classifyBatch([])).toEqual([]);
  });

  test('names the clip that is none', async () => {
    const wrong = [noise(9), { ...noise(9), sampleRateHz: 0.5 }];
    await expect(recognizer.classifyBatch(wrong)).rejects.toThrow(
      new RangeError('clip 1: sampleRateHz is 0.5: rates are positive whole numbers'),
    );
    const list = [{ samples: [1] as unknown as Float32Array, sampleRateHz: 8000 }];
    await expect(recognizer.classifyBatch(list)).rejects.toThrow(
      new TypeError('clip 0: samples must be a Float32Array of mono samples'),
    );
  });
});

/** A waveform's samples are cut or filled with silence before the run; the file by itself must say the same. */
test.each([1, 50, 2500, 3999, 4000, 5200, 6500, 7999, 8000, 20_000])(
  'a file that takes a waveform says the same of %i samples as they are',
  async (length) => {
    const bytes = await chunkedFile('waveform');
    const { recognizer } = await watched(bytes);
    const direct = await openNode(bytes, 'model', { provider: 'cpu', attention: 'attention' });
    const { samples, sampleRateHz } = noise(length);
    const { probabilities, attention } = await recognizer.classify(samples, { sampleRateHz });
    const expected = await direct.run(samples, [1, length]);
    expect(Object.values(probabilities)).toBeAllClose(expected.probabilities, ROUNDING);
    expect(attention!.map(({ weight }) => weight)).toBeAllClose(expected.attention!, ROUNDING);
    await Promise.all([recognizer.dispose(), direct.release()]);
  },
);

describe('overlapping, interrupted and disposed of', () => {
  const at8k = { sampleRateHz: 8000 };

  test('calls may overlap, on one recognizer and on several', async () => {
    const recognizers = [await load(await tinyFile()), await load(await tinyWaveformFile())];
    const expected = await Promise.all(recognizers.map((recognizer) => recognizer.classifyBatch(clips)));
    const asked = recognizers.map((recognizer) =>
      Promise.all(clips.map(({ samples, sampleRateHz }) => recognizer.classify(samples, { sampleRateHz }))),
    );
    for (const [i, answers] of (await Promise.all(asked)).entries())
      expect(rows(answers)).toBeAllClose(rows(expected[i]), ROUNDING);
    await Promise.all(recognizers.map((recognizer) => recognizer.dispose()));
  });

  test('a signal ends the work before its next step, with its reason', async () => {
    const { recognizer, shapes } = await watched(await tinyFile());
    const reason = new Error('the user went on');
    await expect(recognizer.classify(noise(9000).samples, { ...at8k, signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    const controller = new AbortController();
    const asked = recognizer.classifyBatch(clips, { signal: controller.signal });
    controller.abort(reason);
    await expect(asked).rejects.toBe(reason);
    expect(shapes).toEqual([]);
    await recognizer.dispose();
  });

  test('disposal waits for what runs, twice is once, and what is asked afterwards is an error', async () => {
    const { recognizer } = await watched(await tinyFile());
    const features = new Float32Array(384);
    const running = recognizer.classifyFeatures(features, 1);
    await Promise.all([recognizer.dispose(), recognizer.dispose()]);
    expect(await running).toHaveLength(3);
    const gone = new Error('model: the recognizer was disposed of; load the file again');
    await expect(recognizer.classify(noise(9000).samples, at8k)).rejects.toThrow(gone);
    await expect(recognizer.classifyBatch([noise(9000)])).rejects.toThrow(gone);
    await expect(recognizer.classifyFeatures(features, 1)).rejects.toThrow(gone);
  });
});
