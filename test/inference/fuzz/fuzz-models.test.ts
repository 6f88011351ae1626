import { expect, test } from '@jest/globals';
import { readModelMetadata } from '../../../inference/node.js';
import { tinyFile, tinySpec } from '../tiny.js';
import { fuzzModels } from './fuzz-models.js';

/** A twentieth of `npm run fuzz:models`. */
test('100 mutated model files are refused in one line, or answer', async () => {
  const { counts, wrong, crashes } = await fuzzModels(100, 'ci');
  expect({ wrong, crashes }).toEqual({ wrong: [], crashes: [] });
  expect(counts['refused by its metadata']).toBeGreaterThan(10);
  expect(counts['refused by load'] + counts.answers).toBeGreaterThan(10);
}, 300_000);

test.each([
  ['markup', { 'serkit.labels': '["<b>calm</b>","angry","sad"]' }, 'serkit.labels.0: must be plain text'],
  ['a line break', { 'serkit.labels': '["calm\\n","angry","sad"]' }, 'serkit.labels.0: must be plain text'],
  ['a book', { 'serkit.labels': `["${'a'.repeat(101)}","angry","sad"]` }, 'serkit.labels.0: '],
  [
    'a week',
    { 'serkit.feature_spec': JSON.stringify({ ...tinySpec, hopSamples: 1e9, chunkSeconds: 604_800 }) },
    'serkit.feature_spec: must end its last chunk within 3600 s',
  ],
  [
    'a hop of one sample',
    { 'serkit.feature_spec': JSON.stringify({ ...tinySpec, hopSamples: 1, chunkSeconds: 3000 }) },
    'serkit.feature_spec: must have at most 16777216 features a clip',
  ],
])('metadata that ask for trouble are refused: %s', async (_, strings, message) => {
  const bytes = await tinyFile(strings);
  expect(() => readModelMetadata(bytes, 'tiny.onnx')).toThrow(`tiny.onnx: ${message}`);
});
