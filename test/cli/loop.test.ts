import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, serkit, temporaryFolder, trainSmall, writeSmallCorpus } from '../support/cli.js';

describe('the loop through the command line', () => {
  let folder: string;
  let data: string;
  let cache: string;
  let run: string;
  let model: string;
  let trained: Answer;

  beforeAll(async () => {
    folder = await temporaryFolder();
    data = await writeSmallCorpus(join(folder, 'corpus'));
    cache = join(folder, 'cache');
    run = join(folder, 'run');
    model = join(folder, 'out', 'model.onnx');
    trained = await trainSmall(data, cache, run, '--json');
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('train leaves a run folder, one JSON document on stdout, and progress on stderr', () => {
    expect(trained.code).toBe(0);
    const scores = JSON.parse(trained.stdout);
    expect(scores).toMatchObject({ run, leaks: false, epochs: 1, keptEpoch: 1, test: { examples: 10 } });
    expect(trained.stderr).toContain('training cnn on wasm');
    expect(readdirSync(run).sort()).toEqual(
      [
        'best',
        'checkpoint',
        'config.json',
        'metrics.jsonl',
        'model.json',
        'predictions.csv',
        'scores.json',
        'weights.bin',
      ].sort(),
    );
    const [line] = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trim().split('\n');
    expect(JSON.parse(line)).toMatchObject({ epoch: 1, watched: { uar: expect.any(Number) } });
    expect(JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'))).toMatchObject({
      experiment: { seed: 1, protocol: 'speaker-independent', fold: 0 },
      versions: { tfjs: '4.22.0' },
    });
  });

  test('export, then evaluate: the file scores as the run does, through onnxruntime', async () => {
    expect((await serkit(['export', run, '-o', model])).code).toBe(0);
    const ofRun = await serkit(['evaluate', run, '--data', data, '--cache', cache, '--backend', 'wasm', '--json']);
    const ofFile = await serkit(['evaluate', model, '--data', data, '--cache', cache, '--json']);
    expect([ofRun.code, ofFile.code]).toEqual([0, 0]);
    const { ranOn: a, loss: lossA, reliability: trustA, ...scoresOfRun } = JSON.parse(ofRun.stdout);
    const { ranOn: b, loss: lossB, reliability: trustB, ...scoresOfFile } = JSON.parse(ofFile.stdout);
    expect([a, b]).toEqual(['tfjs wasm', 'onnxruntime cpu']);
    expect(scoresOfFile).toEqual(scoresOfRun);
    expect(lossB).toBeCloseTo(lossA, 5);
    expect(trustB.temperature).toBe(trustA.temperature);
    expect([trustB.ece, trustB.brier]).toBeAllClose([trustA.ece, trustA.brier], { absolute: 1e-5 });
    expect(scoresOfRun.examples).toBe(10);
    expect(Object.keys(scoresOfRun.byGender).sort()).toEqual(['female', 'male']);
  });

  test('plot draws what train left', async () => {
    const { code, stdout } = await serkit(['plot', run, '-o', join(folder, 'plots'), '--format', 'svg', '--json']);
    expect(code).toBe(0);
    const [curves, confusion] = (JSON.parse(stdout).files as string[]).map((file) => readFileSync(file, 'utf8'));
    expect(curves).toContain('cnn, demo, speaker-independent fold 0, seed 1, wasm');
    expect(confusion).toContain('10 test examples');
  });

  test('predict answers for each recording, with probabilities that sum to 1', async () => {
    const [clip] = readdirSync(join(folder, 'corpus', 'happy'));
    const file = join(folder, 'corpus', 'happy', clip);
    const { code, stdout } = await serkit(['predict', model, file, file, '--json']);
    expect(code).toBe(0);
    const { predictions } = JSON.parse(stdout);
    expect(predictions).toHaveLength(2);
    const [{ label, probabilities }] = predictions;
    const values = Object.values(probabilities) as number[];
    expect(values.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
    expect(probabilities[label]).toBe(Math.max(...values));
  });

  test('parity: the same label on every clip, no probability further apart than 1e-5', async () => {
    const options = ['--data', data, '--cache', cache, '--backend', 'wasm', '--json'];
    const { code, stdout } = await serkit(['parity', run, '--file', model, ...options]);
    const { comparisons, ...whole } = JSON.parse(stdout);
    expect(whole).toEqual({ reference: 'tfjs wasm', passed: true });
    const [result] = comparisons;
    expect(result).toMatchObject({ runtime: 'onnxruntime cpu', outcome: 'passed', clips: 10, otherLabel: [] });
    expect(result.largestDifference).toBeLessThanOrEqual(1e-5);
    expect(result.largestDifference).toBeGreaterThan(0); // two different programs computed it
    expect(code).toBe(0);
  });

  test('parity with the file of another training is told apart: exit 1', async () => {
    const other = join(folder, 'other');
    await trainSmall(data, cache, other, '--seed', '2');
    const options = ['--data', data, '--cache', cache, '--backend', 'wasm'];
    const { code, stdout } = await serkit(['parity', other, '--file', model, ...options]);
    expect(code).toBe(1);
    expect(stdout).toContain('NOT identical');
  }, 120_000);

  test('under the paper protocol every printed score says that it leaks', async () => {
    const paper = join(folder, 'paper');
    const { code, stdout } = await trainSmall(data, cache, paper, '--protocol', 'paper');
    expect(code).toBe(0);
    for (const line of stdout.split('\n').filter((line) => line.includes('UAR'))) expect(line).toContain('leaks');
    expect(stdout).toMatch(/UAR .*leaks/);
    const evaluated = await serkit(['evaluate', paper, '--data', data, '--cache', cache, '--backend', 'wasm']);
    expect(evaluated.stdout).toMatch(/UAR .*leaks/);
  }, 120_000);

  test('fine-tuning from the command line: the run it came from, its model and preset, frozen blocks', async () => {
    const tuned = join(folder, 'tuned');
    const args = ['train', '--from', run, '--data', data, '--cache', cache, '--backend', 'wasm', '--epochs', '1'];
    const set = ['--set', 'freeze=all-but-head', 'learningRate=0.0001'];
    const { code, stderr } = await serkit([...args, '-o', tuned, ...set]);
    expect([code, stderr]).toEqual([0, expect.stringContaining(`begins with ${run}, its head too`)]);
    expect(JSON.parse(readFileSync(join(tuned, 'config.json'), 'utf8'))).toMatchObject({
      preset: 'demo',
      experiment: { features: 'demo', freeze: 'all-but-head', learningRate: 1e-4 },
      from: { run },
    });
    const other = await serkit([...args, '-o', join(folder, 'x'), '--set', 'model.denseUnits=9']);
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('model.denseUnits: is 64 in')]);
  }, 120_000);

  test('Ctrl-C in training: exit code 130, every file that is there is whole', async () => {
    const run = join(folder, 'interrupted');
    const args = ['train', '--data', data, '--preset', 'demo', '--backend', 'wasm', '--cache', cache, '-o', run];
    const { code, stderr } = await serkit(args, { interruptAt: /training cnn on wasm/ });
    expect(code).toBe(130);
    expect(stderr.trim().split('\n').at(-1)).toBe('interrupted');
    expect(existsSync(join(run, 'scores.json'))).toBe(false);
    for (const file of ['config.json', 'model.json', 'best/model.json'].map((name) => join(run, name)))
      if (existsSync(file)) expect(() => JSON.parse(readFileSync(file, 'utf8'))).not.toThrow();
  });
});

describe('help', () => {
  const names = [
    'demo',
    'doctor',
    'link',
    'data',
    'features',
    'train',
    'evaluate',
    'plot',
    'export',
    'predict',
    'parity',
  ];

  test.each(names)('%s has a line of what it does and an example', async (name) => {
    const { code, stdout } = await serkit([name, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`serkit ${name}`);
    expect(stdout).toContain('Examples:');
  });
});

test('doctor tells what works, as JSON too', async () => {
  const { code, stdout } = await serkit(['doctor', '--json']);
  expect(code).toBe(0);
  const { training, inference } = JSON.parse(stdout);
  expect(training.find(({ backend }: { backend: string }) => backend === 'wasm')).toMatchObject({ works: true });
  for (const { works, reason, mend } of training)
    if (!works) expect([reason, mend]).toEqual([expect.stringMatching(/\w/), expect.stringMatching(/\w/)]);
  expect(inference).toContain('cpu');
});
