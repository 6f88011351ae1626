import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { load } from '../../inference/node.js';
import { resolveExperiment } from '../../pipeline/experiments/config.js';
import { type RunScores, readRunConfig } from '../../pipeline/experiments/run-folder.js';
import { openBackend } from '../../pipeline/training/backends/index.js';
import { loadModel } from '../../pipeline/training/model-folder.js';
import { evaluate } from '../../pipeline/workflows/evaluate.js';
import { exportRun } from '../../pipeline/workflows/export-run.js';
import { type ResumeRunOptions, resumeRun } from '../../pipeline/workflows/resume-run.js';
import { type TrainRunOptions, trainRun } from '../../pipeline/workflows/train-run.js';
import { writeSmallCorpus } from '../support/cli.js';
import { messageOf } from '../support/message-of.js';

let folder: string;
let data: string;
let base: string; // a run of two epochs
const lines: string[] = [];
const reporter = { line: (text: string) => void lines.push(text), progress: () => {} };
const at = (name: string) => join(folder, name);
const common = () => ({ cache: at('cache'), skipBad: false, reporter });

const small = ['batchSize=16', 'model.filters=[4,4]', 'model.pools=[4,4]', 'model.dropouts=[0.1,0.1]', 'copies=0'];
const begin = (name: string, more: Partial<TrainRunOptions> = {}, settings: string[] = []): Promise<RunScores> =>
  trainRun({
    ...common(),
    data,
    experiment: resolveExperiment('demo', { epochs: 2 }, [...small, ...settings]),
    preset: 'demo',
    folder: at(name),
    backend: 'wasm',
    ...more,
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serkit-runs-'));
  data = await writeSmallCorpus(at('corpus'));
  base = at('base');
  await begin('base');
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

describe('a run that is resumed', () => {
  const resume = async (name: string, settings: string[] = [], more: Partial<ResumeRunOptions> = {}) => {
    const { experiment } = await readRunConfig(at(name));
    const wanted = resolveExperiment(experiment, {}, settings);
    return resumeRun({ ...common(), folder: at(name), experiment: wanted, ...more });
  };
  const copy = (name: string) => cpSync(base, at(name), { recursive: true });

  test('has come to its end: its scores, and what would go on', async () => {
    const scores = await resume('base');
    expect(scores.epochs).toBe(2);
    expect((await readRunConfig(base)).device).toEqual(expect.stringMatching(/^CPU, /));
    expect(lines.at(-1)).toContain('came to its end already; --epochs or --minutes raised would go on');
  });

  test('goes on where more epochs are wanted, and ends as one that had them from the start', async () => {
    copy('longer');
    const scores = await resume('longer', ['epochs=4']);
    await begin('four', {}, ['epochs=4']);
    expect(scores.epochs).toBe(4);
    const [longer, four] = await Promise.all(['longer', 'four'].map((name) => readFile(at(join(name, 'weights.bin')))));
    expect(longer.equals(four)).toBe(true);
    const { experiment, resumed } = await readRunConfig(at('longer'));
    expect(experiment.epochs).toBe(4);
    expect(resumed).toMatchObject([{ backend: 'wasm', epochs: 2, steps: 0 }]);
  });

  test('with a damaged checkpoint goes on from the one before, and says so', async () => {
    copy('damaged');
    const newest = at('damaged/checkpoint/epoch-0002.safetensors');
    await truncate(newest, 1000);
    await rm(at('damaged/scores.json'));
    const from = lines.length;
    await resume('damaged');
    expect(lines.slice(from)).toContain(`not ${newest}: is torn or damaged`);
    expect(lines.slice(from)).toContain('goes on from epoch-0001.safetensors');
    expect((await readFile(at('damaged/weights.bin'))).equals(await readFile(join(base, 'weights.bin')))).toBe(true);
  });

  test('stopped before its first checkpoint begins anew, and says so', async () => {
    copy('young');
    for (const gone of ['checkpoint', 'best', 'metrics.jsonl', 'model.json', 'weights.bin', 'scores.json'])
      await rm(at(join('young', gone)), { recursive: true });
    await resume('young');
    expect(lines).toContain('there is no checkpoint yet: begins anew');
    expect((await readFile(at('young/weights.bin'))).equals(await readFile(join(base, 'weights.bin')))).toBe(true);
  });

  test('is not another experiment, on other data or with fewer epochs', async () => {
    expect(await messageOf(resume('base', ['weightDecay=0.5']))).toBe(
      `weightDecay: is 0 in ${base}, not 0.5; it can't be changed`,
    );
    expect(await messageOf(resume('base', ['model.filters=[4,5]']))).toContain('model.filters: is [4,4] in ');
    expect(await messageOf(resume('base', ['epochs=1']))).toBe(
      `epochs: may be raised from 2 in ${base}, not lowered to 1`,
    );
    const fewer = readFileSync(data, 'utf8').trim().split('\n').slice(0, -1).join('\n');
    const other = join(dirname(data), 'fewer.csv');
    writeFileSync(other, fewer);
    expect(await messageOf(resume('base', ['epochs=3'], { data: other }))).toMatch(
      /base: was trained on manifest of 45 clips, fingerprint [0-9a-f]{12}; .*fewer\.csv is fewer of 44, [0-9a-f]{12}$/,
    );
  });

  test('takes another learning rate, as after a loss that became NaN, and says so', async () => {
    copy('slower');
    await resume('slower', ['epochs=3', 'learningRate=0.001']);
    expect(lines).toContain('learningRate is 0.001 from here on, it was 0.003');
    const rates = readFileSync(at('slower/metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).learningRate);
    expect(rates).toEqual([0.003, 0.003, 0.001]);
  });

  test('stays on its backend, unless another is named: then its bits are others, which is said', async () => {
    copy('moved');
    await resume('moved', ['epochs=3'], { backend: 'auto' });
    const config = await readRunConfig(at('moved'));
    expect(config.resumed.at(-1)!.backend).toBe('wasm');
    writeFileSync(at('moved/config.json'), JSON.stringify({ ...config, backend: 'cpu' }));
    await resume('moved', ['epochs=4'], { backend: 'wasm' });
    expect(lines).toContain('the run was begun on cpu: on wasm its bits will differ from those of one never stopped');
  });
});

describe('fine-tuning', () => {
  /** The same recordings under other labels, fewer of them. */
  function otherLabels(): string {
    const names: Record<string, string> = { happy: 'up', angry: 'loud', sad: 'down' };
    const [head, ...rows] = readFileSync(data, 'utf8').trim().split('\n');
    const kept = rows.flatMap((row) => {
      const [path, label, ...rest] = row.split(',');
      return names[label] ? [[path, names[label], ...rest].join(',')] : [];
    });
    const file = join(dirname(data), 'own.csv');
    writeFileSync(file, [head, ...kept].join('\n'));
    return file;
  }
  const weightsOf = async (run: string) => {
    await openBackend('wasm');
    const model = await loadModel(run);
    return new Map(model.weights.map((weight) => [weight.originalName, weight.read().dataSync()]));
  };

  test('on other labels: the frozen blocks to the bit, a head of its own, features and normalisation of the run', async () => {
    const scores = await begin('tuned', { from: base, data: otherLabels() }, ['freeze=2', 'seed=3', 'ema=0.9']);
    const [was, is] = [await readRunConfig(base), await readRunConfig(at('tuned'))];
    expect(is.corpus.labels).toEqual(['down', 'loud', 'up']);
    expect([is.featureSpec, is.normalisation]).toEqual([was.featureSpec, was.normalisation]);
    expect(is.from).toMatchObject({ run: base, weights: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(is.from!.trainedOn).toMatchObject([{ corpus: 'manifest', fingerprint: was.corpus.fingerprint }]);
    expect(scores.test).toMatchObject({ confusion: { labels: ['down', 'loud', 'up'] } });
    const [before, after] = [await weightsOf(base), await weightsOf(at('tuned'))];
    for (const [name, values] of before) {
      if (name.startsWith('probabilities')) expect(after.get(name)!.length).toBe((values.length / 5) * 3);
      else if (name.startsWith('lflb')) expect(after.get(name)).toEqual(values);
      else expect(after.get(name)).not.toEqual(values);
    }
  });

  test('leaves a run that is exported and answers with the new labels', async () => {
    await exportRun(at('tuned'), at('tuned.onnx'));
    const recognizer = await load(at('tuned.onnx'));
    const { label, probabilities } = await recognizer.classify(new Float32Array(24_000).fill(0.1), {
      sampleRateHz: 16_000,
    });
    expect(Object.keys(probabilities).sort()).toEqual(['down', 'loud', 'up']);
    expect(['down', 'loud', 'up']).toContain(label);
    await recognizer.dispose();
  });

  test('remembers what its weights had been trained on: evaluated there, it keeps to what they never saw', async () => {
    // Two trainings of the manifest's clips: as a run and as a file, the same ten test clips, and it leaks if the splits differ.
    await begin('tuned-same', { from: base }, ['epochs=1']);
    await begin('tuned-other', { from: base }, ['epochs=1', 'fold=1']);
    for (const [name, leaks] of [
      ['tuned-same', false],
      ['tuned-other', true],
    ] as const) {
      await exportRun(at(name), at(`${name}.onnx`));
      for (const model of [at(name), at(`${name}.onnx`)]) {
        const { examples, leaks: said } = await evaluate({ ...common(), model, data, backend: 'wasm' });
        expect([examples, said]).toEqual([10, leaks]);
      }
    }
    // Trained on another corpus since: of the first one still what its own training left out.
    const renamed = join(dirname(data), 'renamed.csv');
    cpSync(data, renamed);
    await begin('tuned-elsewhere', { from: base, data: renamed }, ['epochs=1']);
    expect((await readRunConfig(at('tuned-elsewhere'))).corpus.name).toBe('renamed');
    const { examples, leaks } = await evaluate({ ...common(), model: at('tuned-elsewhere'), data, backend: 'wasm' });
    expect([examples, leaks]).toEqual([10, false]);
  });

  test('on the same labels keeps the head: at no learning rate it is the run, whose score it has', async () => {
    const before = await evaluate({ ...common(), model: base, data, backend: 'wasm' });
    const after = await begin('kept', { from: base }, ['learningRate=1e-30', 'freeze=all-but-head', 'epochs=1']);
    expect(after.test.loss).toBeCloseTo(before.loss, 6);
    expect(after.leaks).toBe(false); // the same speakers are tested
    expect(await weightsOf(at('kept'))).toEqual(await weightsOf(base));
  });

  test('on the same corpus in another fold may know the test side, and says that it leaks', async () => {
    const { leaks } = await begin('fold', { from: base }, ['fold=1', 'epochs=1']);
    expect(leaks).toBe(true);
    expect(lines.some((line) => line.includes('may know the test side (leaks)'))).toBe(true);
  });

  test('is resumed as any run, from the weights that it began with where there is no checkpoint yet', async () => {
    cpSync(at('tuned'), at('tuned-again'), { recursive: true });
    for (const gone of ['checkpoint', 'scores.json']) await rm(at(join('tuned-again', gone)), { recursive: true });
    const { experiment } = await readRunConfig(at('tuned-again'));
    await resumeRun({ ...common(), folder: at('tuned-again'), experiment });
    const [again, once] = await Promise.all(
      ['tuned-again', 'tuned'].map((name) => readFile(at(join(name, 'weights.bin')))),
    );
    expect(again.equals(once)).toBe(true);
  });

  test('wants a run that came to its end, the same model and features, and something to freeze', async () => {
    const own = otherLabels();
    expect(await messageOf(begin('x', { from: at('nothing'), data: own }))).toContain(at('nothing/config.json'));
    expect(await messageOf(begin('x', { from: base, data: own }, ['model.denseUnits=9']))).toBe(
      `model.denseUnits: is 64 in ${base}, which is fine-tuned, not 9; it can't be changed`,
    );
    expect(await messageOf(begin('x', { data: own }, ['freeze=1']))).toBe(
      'freeze: there is nothing trained to keep; supported: with --from RUN',
    );
    expect(await messageOf(begin('x', { from: base, data: own }, ['freeze=9']))).toContain('3 blocks before its head');
    expect(existsSync(at('x'))).toBe(false);
    expect((await readdir(folder)).includes('x')).toBe(false);
  });
});
