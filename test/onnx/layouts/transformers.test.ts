import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { load } from '../../../inference/node.js';
import { transformersFolder } from '../../../onnx/index.js';
import { encodeWav } from '../../../pipeline/audio/index.js';
import { uniformNoise } from '../../features/signals.js';
import { tinyFile, tinyMetadata } from '../../inference/tiny.js';
import { tinyWaveformFile } from '../../inference/tiny-waveform.js';
import { describeWith } from '../../support/needs.js';

/** One softmax in float32 and one in float64. Largest gap seen: 6e-8. */
const SOFTMAX_TOLERANCE = { absolute: 1e-6 };

/** Of a file in float16. Gap seen: 2.2e-5. */
const HALF_TOLERANCE = { absolute: 2e-4 };

const { labels, sampleRateHz } = tinyMetadata;
/** Half a second, in steps that 16 bits hold. */
const clip = Float32Array.from(uniformNoise(4000, 11), (value) => Math.round(value * 16_384) / 32_768);

let scratch: string;
let folder: string;
/** Of the clip, by our own classifier from features. */
let expected: Record<string, number>;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'serkit-transformers-'));
  folder = join(scratch, 'emotions');
  for (const precision of ['fp32', 'fp16'] as const) {
    const model = await tinyWaveformFile({}, { logits: true, precision });
    const files = transformersFolder({ model, labels, sampleRateHz, precision });
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
  }
  const recognizer = await load(await tinyFile());
  expected = (await recognizer.classify(clip, { sampleRateHz })).probabilities;
  await recognizer.dispose();
});
afterAll(() => rmSync(scratch, { recursive: true }));

const probabilitiesOf = (answer: Record<string, number>) => labels.map((label) => answer[label]);

describeWith('transformers-js', 'transformers.js', () => {
  test.each([
    ['fp32', SOFTMAX_TOLERANCE],
    ['fp16', HALF_TOLERANCE],
  ])('loads the folder, dtype %s, and answers with our probabilities', (dtype, tolerance) => {
    const script = `
      import { env, pipeline } from '@huggingface/transformers';
      import { readFileSync } from 'node:fs';
      const [root, samples, dtype] = process.argv.slice(-3);
      Object.assign(env, { localModelPath: root, allowRemoteModels: false });
      const classify = await pipeline('audio-classification', 'emotions', { dtype });
      const answer = await classify(new Float32Array(new Uint8Array(readFileSync(samples)).buffer), { top_k: null });
      process.stdout.write(JSON.stringify(Object.fromEntries(answer.map(({ label, score }) => [label, score]))));
    `;
    const samples = join(scratch, 'samples.f32');
    writeFileSync(samples, new Uint8Array(clip.buffer));
    const answer = execFileSync(
      process.execPath,
      ['--input-type=module', '--eval', script, '--', scratch, samples, dtype],
      {
        cwd: process.env.SERKIT_TRANSFORMERS,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    expect(probabilitiesOf(JSON.parse(answer))).toBeAllClose(probabilitiesOf(expected), tolerance);
  });
});

describeWith('python-onnxruntime', "the README's lines of Python", () => {
  test('answer with our probabilities', async () => {
    const readme = String(
      transformersFolder({ model: await tinyWaveformFile({}, { logits: true }), labels, sampleRateHz })['README.md'],
    );
    const [, python] = readme.match(/```python\n([\s\S]*?)```/)!;
    writeFileSync(join(folder, 'speech.wav'), encodeWav(clip, sampleRateHz));
    const printed = execFileSync(process.env.SERKIT_PYTHON ?? 'python3', ['-c', python], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(probabilitiesOf(JSON.parse(printed.replaceAll("'", '"')))).toBeAllClose(
      probabilitiesOf(expected),
      SOFTMAX_TOLERANCE,
    );
  });
});

describe('the folder', () => {
  test('says what transformers.js asks for, and whose data it is from', async () => {
    const model = await tinyWaveformFile({}, { logits: true });
    const notes = ['Trained yesterday.'];
    const files = transformersFolder({
      model,
      labels,
      sampleRateHz,
      dataLicence: 'CC BY-NC-SA 4.0',
      attribution: 'Nobody',
      notes,
    });
    expect(Object.keys(files).sort()).toEqual([
      'README.md',
      'config.json',
      'onnx/model.onnx',
      'preprocessor_config.json',
    ]);
    expect(JSON.parse(String(files['config.json']))).toMatchObject({
      architectures: ['Wav2Vec2ForSequenceClassification'],
      id2label: { 0: 'calm', 1: 'angry', 2: 'sad' },
      label2id: { calm: 0, angry: 1, sad: 2 },
    });
    expect(JSON.parse(String(files['preprocessor_config.json']))).toMatchObject({
      sampling_rate: 8000,
      do_normalize: false,
    });
    for (const text of ['CC BY-NC-SA 4.0', 'Nobody', 'Trained yesterday.', '8000 Hz', 'calm, angry, sad'])
      expect(files['README.md']).toContain(text);
    const half = transformersFolder({ model, labels, sampleRateHz, precision: 'fp16' });
    expect(half).toHaveProperty(['onnx/model_fp16.onnx']);
    expect(half['README.md']).toContain("{ dtype: 'fp16' }");
  });

  test('is not made of a file that transformers.js could not use', async () => {
    const model = await tinyWaveformFile({}, { logits: true });
    expect(() => transformersFolder({ model, labels: ['a', 'b'], sampleRateHz })).toThrow(
      'the model gives logits (batch × 3 of float); transformers.js needs logits (batch × 2 of float), and nothing else',
    );
    expect(() => transformersFolder({ model, labels: ['a', 'b', 'a'], sampleRateHz })).toThrow(
      'labels must be different',
    );
    for (const other of [await tinyFile(), await tinyWaveformFile()])
      expect(() => transformersFolder({ model: other, labels, sampleRateHz })).toThrow(
        /transformers\.js needs input_values/,
      );
  });
});
