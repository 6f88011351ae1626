import { describe, expect, test } from '@jest/globals';
import { encodeModelMetadata, load, readModelMetadata } from '../../inference/node.js';
import { exported } from '../onnx/exported.js';
import { tinyFile, tinyMetadata, tinyModel } from './tiny.js';

test('metadata comes back from the file as it was written', async () => {
  expect(readModelMetadata(await tinyFile(), 'tiny.onnx')).toEqual(tinyMetadata);
});

test('what only tells of the model may be missing', async () => {
  const { labels, featureSpec, featureVersion, sampleRateHz, normalisation, input } = tinyMetadata;
  const metadata = { labels, featureSpec, featureVersion, sampleRateHz, normalisation, input };
  expect(readModelMetadata(await tinyFile({}, { metadata }), 'tiny.onnx')).toEqual(metadata);
});

test('the keys are those that other programs read', () => {
  const strings = encodeModelMetadata(tinyMetadata);
  expect(strings).toMatchObject({
    'serkit.format': '1',
    'serkit.labels': '["calm","angry","sad"]',
    'serkit.feature_version': '1',
    'serkit.sample_rate_hz': '8000',
    'serkit.input': 'features',
    'serkit.fold': '0',
    'serkit.seed': '007',
  });
  expect(Object.keys(strings)).toHaveLength(17);
});

test('of a model with attention they say which output it is', async () => {
  const attention = { output: 'attention', over: 'chunks' } as const;
  expect(encodeModelMetadata({ ...tinyMetadata, attention })).toMatchObject({
    'serkit.attention': '{"output":"attention","over":"chunks"}',
  });
  const metadata = { ...tinyMetadata, attention };
  expect(readModelMetadata(await tinyFile({}, { metadata }), 'tiny.onnx')).toEqual(metadata);
});

test('metadata that contradicts itself is not written', () => {
  expect(() => encodeModelMetadata({ ...tinyMetadata, sampleRateHz: 16_000 })).toThrow(
    "model metadata: serkit.sample_rate_hz: must be the feature spec's",
  );
  expect(() => encodeModelMetadata({ ...tinyMetadata, labels: ['calm', 'calm'] })).toThrow(
    'serkit.labels: must be different',
  );
});

describe('a file that cannot be used is refused in one line that names it', () => {
  const refusal = (bytes: Uint8Array): string => {
    try {
      readModelMetadata(bytes, 'x.onnx');
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
    throw new Error('the file was not refused');
  };
  const notOnnx = 'SyntaxError: x.onnx: not an ONNX file, or cut short; supported: .onnx files from `serkit export`';

  test('empty, text, noise, another protobuf', async () => {
    expect(refusal(new Uint8Array())).toBe(
      'SyntaxError: x.onnx: the file is empty; supported: .onnx files from `serkit export`',
    );
    expect(refusal(new TextEncoder().encode('RIFF, or so it says'))).toBe(notOnnx);
    expect(refusal(new Uint8Array(1000).fill(0xff))).toBe(notOnnx);
    expect(refusal(new Uint8Array(1000))).toBe(notOnnx);
    expect(refusal(Uint8Array.of(8, 8))).toBe(notOnnx); // an IR version and no graph
  });

  test('cut short anywhere', async () => {
    const whole = await tinyFile();
    for (let length = 1; length < whole.length; length += 97)
      expect(refusal(whole.subarray(0, length))).toMatch(/^(SyntaxError|TypeError|RangeError): x\.onnx: [^\n]+$/);
    expect(refusal(whole.subarray(0, whole.length - 1))).toBe(notOnnx);
  });

  test('not ours', async () => {
    const notOurs =
      'TypeError: x.onnx: not written by serkit (no serkit.* metadata); supported: files from `serkit export`';
    expect(refusal(await exported(tinyModel()))).toBe(notOurs);
    expect(refusal(await exported(tinyModel(), { metadata: { author: 'somebody' } }))).toBe(notOurs);
  });

  test('of another format or feature version', async () => {
    expect(refusal(await tinyFile({ 'serkit.format': '2' }))).toBe(
      'RangeError: x.onnx: serkit.format "2" is unknown (supported: "1")',
    );
    expect(refusal(await tinyFile({ 'serkit.feature_version': '7' }))).toBe(
      'RangeError: x.onnx: trained on feature version 7, this serkit computes 1: export the model again from a run of this version',
    );
  });

  test.each([
    ['serkit.labels', 'calm', 'SyntaxError: x.onnx: serkit.labels is not JSON: "calm"'],
    ['serkit.labels', '["calm"]', /^TypeError: x\.onnx: serkit\.labels: .+$/],
    ['serkit.labels', '["a",5]', /^TypeError: x\.onnx: serkit\.labels\.1: .+$/],
    ['serkit.feature_spec', '{}', /^TypeError: x\.onnx: serkit\.feature_spec\.kind: .+$/],
    [
      'serkit.feature_spec',
      JSON.stringify({ ...tinyMetadata.featureSpec, windowSamples: 300 }),
      /serkit\.feature_spec\.windowSamples: .*must be a power of two$/,
    ],
    ['serkit.sample_rate_hz', '16000', "TypeError: x.onnx: serkit.sample_rate_hz: must be the feature spec's"],
    ['serkit.unsure_below', '7', /^TypeError: x\.onnx: serkit\.unsure_below: .+$/],
    ['serkit.unsure_below', 'low', 'SyntaxError: x.onnx: serkit.unsure_below is not JSON: "low"'],
    ['serkit.calibration', '{"temperature":0}', /^TypeError: x\.onnx: serkit\.calibration\.temperature: .+$/],
    ['serkit.normalisation', '{"kind":"none"}', /^TypeError: x\.onnx: serkit\.normalisation\.kind: .+$/],
    [
      'serkit.normalisation',
      '{"kind":"per-band","mean":[0],"deviation":[1]}',
      'TypeError: x.onnx: serkit.normalisation: must have as many bands as the feature spec',
    ],
    ['serkit.attention', '{"output":"attention","over":"frames"}', /^TypeError: x\.onnx: serkit\.attention\.over: .+$/],
    ['serkit.input', 'pictures', /^TypeError: x\.onnx: serkit\.input: .+$/],
  ])('%s = %s', async (key, value, message) => {
    const found = refusal(await tinyFile({ [key]: value }));
    expect(found).not.toContain('\n');
    expect(found).toMatch(message);
  });

  test('labels that are not as many as the columns, features of another shape', async () => {
    await expect(load(await tinyFile({}, { labels: 4 }))).rejects.toThrow(
      'model: gives probabilities of batch × 4, but its metadata says batch × 3',
    );
    const spec = JSON.stringify({ ...tinyMetadata.featureSpec, hopSamples: 64 });
    await expect(load(await tinyFile({ 'serkit.feature_spec': spec }))).rejects.toThrow(
      'model: takes features of batch × 12 × 32 × 1, but its metadata says batch × 12 × 63 × 1',
    );
  });
});
