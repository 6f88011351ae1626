import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { load } from '../../inference/node.js';
import { WAVEFORM_TOLERANCE } from '../../pipeline/workflows/parity-compare.js';
import { serkit, temporaryFolder, trainSmall, writeSmallCorpus } from '../support/cli.js';

describe('a run exported so that samples go in', () => {
  let folder: string;
  let data: string;
  let cache: string;
  let run: string;
  let waveform: string;
  let features: string;
  const at = (...path: string[]) => join(folder, ...path);

  beforeAll(async () => {
    folder = await temporaryFolder();
    data = await writeSmallCorpus(at('corpus'));
    [cache, run, features, waveform] = ['cache', 'run', 'features.onnx', 'waveform.onnx'].map((name) => at(name));
    expect((await trainSmall(data, cache, run)).code).toBe(0);
    expect((await serkit(['export', run, '-o', features])).code).toBe(0);
    expect((await serkit(['export', run, '-o', waveform, '--input', 'waveform'])).code).toBe(0);
  }, 180_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('predicts as the file that takes features does', async () => {
    const [clip] = readdirSync(at('corpus', 'happy')).map((name) => at('corpus', 'happy', name));
    const answers = [
      await serkit(['predict', features, clip, '--json']),
      await serkit(['predict', waveform, clip, '--json']),
    ];
    const [expected, actual] = answers.map(({ stdout }) => JSON.parse(stdout).predictions[0]);
    expect(Object.keys(actual.probabilities)).toEqual(Object.keys(expected.probabilities));
    expect(Object.values(actual.probabilities) as number[]).toBeAllClose(
      Object.values(expected.probabilities) as number[],
      { absolute: WAVEFORM_TOLERANCE },
    );
    expect([actual.label, actual.warnings]).toEqual([expected.label, expected.warnings]);
  });

  /** A document's numbers, and what is around them. */
  const apart = (document: unknown): { numbers: Float64Array; rest: string } => {
    const numbers: number[] = [];
    const rest = JSON.stringify(document, (_, value) => (typeof value === 'number' ? numbers.push(value) : value));
    return { numbers: Float64Array.from(numbers), rest };
  };

  test('scores as it', async () => {
    const answers = [
      await serkit(['evaluate', features, '--data', data, '--cache', cache, '--json']),
      await serkit(['evaluate', waveform, '--data', data, '--cache', at('no-cache'), '--json']),
    ];
    const [expected, actual] = answers.map(({ stdout }) => apart(JSON.parse(stdout)));
    expect(actual.rest).toBe(expected.rest);
    expect(actual.numbers).toBeAllClose(expected.numbers, { absolute: 1e-5 });
    expect(readdirSync(folder)).not.toContain('no-cache'); // no features are extracted for it
  });

  test('a clip that cannot be used ends its evaluation, or is left out', async () => {
    const broken = at('broken');
    mkdirSync(broken);
    const labels = ['angry', 'happy'];
    for (const label of labels) {
      const [clip] = readdirSync(at('corpus', label));
      mkdirSync(join(broken, label));
      writeFileSync(join(broken, label, clip), readFileSync(at('corpus', label, clip)));
    }
    const [clip] = readdirSync(join(broken, 'happy'));
    const bytes = readFileSync(join(broken, 'happy', clip));
    writeFileSync(join(broken, 'happy', `cut-${clip}`), bytes.subarray(0, bytes.length / 2));
    const args = ['evaluate', waveform, '--data', broken, '--json'];
    const ended = await serkit(args);
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining(`cut-${clip}`)]);
    const left = await serkit([...args, '--skip-bad']);
    expect([left.code, left.stderr]).toEqual([0, expect.stringContaining(`cut-${clip}`)]);
    expect(JSON.parse(left.stdout).examples).toBe(2);
  });

  test.each([['the file'], ['a fresh export']])('parity of %s with tfjs, by its own tolerance', async (which) => {
    const compared = which === 'the file' ? ['--file', waveform] : ['--input', 'waveform'];
    const options = ['--data', data, '--cache', cache, '--backend', 'wasm', '--json'];
    const { code, stdout } = await serkit(['parity', run, ...compared, ...options]);
    const { comparisons, passed } = JSON.parse(stdout);
    const [result] = comparisons;
    expect(passed).toBe(true);
    expect(result).toMatchObject({ input: 'waveform', clips: 10, otherLabel: [], tolerance: WAVEFORM_TOLERANCE });
    expect(result.largestDifference).toBeGreaterThan(0);
    expect(code).toBe(0);
  });

  test('as a folder for transformers.js: whole, with where it is from, and still a file that we read', async () => {
    const output = at('models', 'emotions');
    const { code, stdout } = await serkit(['export', run, '-o', output, '--layout', 'transformers', '--json']);
    expect(code).toBe(0);
    const files = ['README.md', 'config.json', 'onnx/model.onnx', 'preprocessor_config.json'];
    expect(JSON.parse(stdout)).toMatchObject({ output, files });
    expect(readdirSync(at('models'))).toEqual(['emotions']);
    const readme = readFileSync(join(output, 'README.md'), 'utf8');
    expect(readme).toMatch(/^# emotions$/m);
    expect(readme).toMatch(/cnn, trained on .+\. On its 10 test clips: UAR \d/);
    const [ours, theirs] = [await load(waveform), await load(join(output, 'onnx', 'model.onnx'))];
    const samples = Float32Array.from({ length: 20_000 }, (_, i) => 0.3 * Math.sin(i * i * 1e-5));
    const [expected, actual] = [
      await ours.classify(samples, { sampleRateHz: 16_000 }),
      await theirs.classify(samples, { sampleRateHz: 16_000 }),
    ];
    expect(Object.values(actual.probabilities)).toBeAllClose(Object.values(expected.probabilities), { absolute: 1e-6 });
    await ours.dispose();
    await theirs.dispose();

    const again = await serkit(['export', run, '-o', output, '--layout', 'transformers']);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('is there already and not empty')]);
    const refused = await serkit(['export', run, '-o', at('x'), '--layout', 'transformers', '--input', 'features']);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('supported: --input waveform')]);
    expect(readdirSync(folder)).not.toContain('x');
  });

  test.each([
    ['waveform', [-1]],
    ['features', [32, 94, 1]],
  ])('as a model of a Triton repository that takes %s', async (input, dims) => {
    const output = at(`triton-${input}`, 'emotions');
    expect((await serkit(['export', run, '-o', output, '--layout', 'triton', '--input', input])).code).toBe(0);
    expect(readdirSync(output).sort()).toEqual(['1', 'config.pbtxt', 'labels_probabilities.txt']);
    const config = readFileSync(join(output, 'config.pbtxt'), 'utf8');
    expect(config).toContain('name: "emotions"');
    expect(config).toContain(`dims: [ ${dims.join(', ')} ]`);
    const { labels } = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8')).corpus;
    expect(readFileSync(join(output, 'labels_probabilities.txt'), 'utf8')).toBe(`${labels.join('\n')}\n`);
    if (input === 'waveform') expect(readFileSync(join(output, '1', 'model.onnx'))).toEqual(readFileSync(waveform));
  });

  test("any TensorFlow.js model is a model of Triton's too; what only a run knows is refused of it", async () => {
    const model = at('plain');
    mkdirSync(model);
    for (const name of ['model.json', 'weights.bin']) writeFileSync(join(model, name), readFileSync(join(run, name)));
    const output = at('repository', 'plain');
    expect((await serkit(['export', model, '-o', output, '--layout', 'triton'])).code).toBe(0);
    expect(readFileSync(join(output, 'config.pbtxt'), 'utf8')).toContain('dims: [ 32, 94, 1 ]');
    const refusals = [
      { args: ['--input', 'waveform'], reason: 'nothing says how samples become its input' },
      { args: ['--layout', 'transformers'], reason: 'its labels and its rate are unknown' },
    ];
    for (const { args, reason } of refusals) {
      const { code, stderr } = await serkit(['export', model, '-o', at('y'), ...args]);
      expect([code, stderr]).toEqual([1, expect.stringContaining(reason)]);
    }
  });

  test('in halves, which is measured clip by clip, and named as transformers.js wants it', async () => {
    const measured = ['--precision', 'fp16', '--data', data, '--cache', cache, '--json'];
    const file = await serkit(['export', run, '-o', at('half.onnx'), '--input', 'waveform', ...measured]);
    const { bytes, change } = JSON.parse(file.stdout);
    expect(change).toMatchObject({ examples: 10, otherLabels: 0, before: { bytes: readFileSync(waveform).length } });
    const weights = readFileSync(features).length; // the front end stays as large as it is
    expect(change.before.bytes - bytes).toBeGreaterThan(0.4 * weights);
    expect(change.largestDifference).toBeGreaterThan(0);
    expect(change.largestDifference).toBeLessThan(5e-3); // seen: 1.3e-4 of the demo's model
    const output = at('halves', 'emotions');
    await serkit(['export', run, '-o', output, '--layout', 'transformers', '--precision', 'fp16']);
    expect(readdirSync(join(output, 'onnx'))).toEqual(['model_fp16.onnx']);
  });
});
