import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Comparison } from '../../pipeline/workflows/parity-ways.js';
import { serkit, temporaryFolder, trainSmall, writeSmallCorpus } from '../support/cli.js';
import { describeWith } from '../support/needs.js';

let folder: string;
let data: string;
let run: string;
let model: string;
let shared: string[];

beforeAll(async () => {
  folder = await temporaryFolder();
  data = await writeSmallCorpus(join(folder, 'corpus'));
  [run, model] = ['run', 'model.onnx'].map((name) => join(folder, name));
  shared = ['--data', data, '--cache', join(folder, 'cache'), '--backend', 'wasm'];
  expect((await trainSmall(data, join(folder, 'cache'), run)).code).toBe(0);
  expect((await serkit(['export', run, '-o', model])).code).toBe(0);
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const comparisonsOf = (stdout: string): Comparison[] => JSON.parse(stdout).comparisons;
const skippedIn = (stdout: string) => comparisonsOf(stdout).filter(({ outcome }) => outcome === 'skipped');

test('a run in every input and precision on the CPU: float32 is judged, the change of the others told', async () => {
  const named = ['--input', 'features,waveform', '--precision', 'fp32', 'fp16,int8'];
  const { code, stdout } = await serkit(['parity', run, ...shared, ...named, '--json']);
  expect(code).toBe(0);
  const comparisons = comparisonsOf(stdout);
  const outcomes = comparisons.map(({ input, precision, outcome }) => [input, precision, outcome].join(' '));
  expect(outcomes).toEqual(
    ['features', 'waveform'].flatMap((input) =>
      ['fp32 passed', 'fp16 reported', 'int8 reported'].map((rest) => `${input} ${rest}`),
    ),
  );
  const gaps = comparisons.map((each) => ('largestDifference' in each ? each.largestDifference : Number.NaN));
  for (const [whole, half, byte] of [gaps.slice(0, 3), gaps.slice(3)]) {
    expect(whole).toBeLessThan(half);
    expect(half).toBeLessThan(byte);
    expect(byte).toBeLessThan(0.1);
  }
}, 60_000);

test('everything with --all: what is not here is skipped and says why, and nothing else fails', async () => {
  const { code, stdout } = await serkit(['parity', run, ...shared, '--all', '--json']);
  expect(code).toBe(0);
  expect(comparisonsOf(stdout)).toHaveLength(18); // 2 inputs × 3 precisions × cpu, cuda, webgpu
  for (const { runtime, ...each } of skippedIn(stdout)) {
    expect(runtime).not.toContain('cpu');
    expect('reason' in each && each.reason).toMatch(/cuda|webgpu/i);
  }
}, 120_000);

test('a provider that is named must be there', async () => {
  const args = ['parity', run, ...shared, '--providers', 'cpu,cuda'];
  const { code, stdout } = await serkit([...args, '--json']);
  const [cpu, cuda] = comparisonsOf(stdout);
  expect([cpu.runtime, cpu.outcome]).toEqual(['onnxruntime cpu', 'passed']);
  expect(code).toBe(cuda.outcome === 'passed' ? 0 : 1);
  if (cuda.outcome !== 'skipped') return;
  const text = await serkit(args);
  expect(text.stdout).toMatch(/onnxruntime cuda +skipped\n.*NOT identical\nskipped onnxruntime cuda: .*\w/s);
}, 60_000);

test.each([
  [['--providers', 'tpu'], 2, /Choices: "cpu", "cuda", "webgpu"/],
  [['--precision', 'fp32,fp8'], 2, /Choices: "fp32", "fp16", "int8"/],
  [['--all', '--input', 'waveform'], 2, /mutually exclusive/],
])('wrong usage is told: %j', async (args, expected, message) => {
  const { code, stderr } = await serkit(['parity', run, ...shared, ...args]);
  expect([code, stderr.trim().split('\n').at(-1)]).toEqual([expected, expect.stringMatching(message)]);
});

describe('a file alone', () => {
  test('has no precisions of its own', async () => {
    const { code, stderr } = await serkit(['parity', model, ...shared, '--precision', 'fp16']);
    const message = `serkit: ${model}: is a file, which has one input and one precision; supported with --file, --input and --precision: a run folder`;
    expect([code, stderr.trim().split('\n').at(-1)]).toEqual([1, message]);
  });

  test('held against nothing but itself is not called identical', async () => {
    const { code, stdout } = await serkit(['parity', model, ...shared, '--providers', 'cpu', '--json']);
    expect([code, JSON.parse(stdout)]).toEqual([1, { reference: 'onnxruntime cpu', comparisons: [], passed: false }]);
  });

  test('a recording that cannot be read ends it, or is left out', async () => {
    const cut = join(folder, 'corpus', 'happy', 'cut.wav');
    const { copyFile, truncate } = await import('node:fs/promises');
    const [clip] = readdirSync(join(folder, 'corpus', 'happy'));
    await copyFile(join(folder, 'corpus', 'happy', clip), cut);
    await truncate(cut, 2000);
    const args = ['parity', model, '--data', join(folder, 'corpus'), '--cache', join(folder, 'cache'), '--json'];
    const ended = await serkit(args);
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining('cut.wav')]);
    const left = await serkit([...args, '--skip-bad', '--providers', 'cpu']);
    expect(left.stderr).toContain('skipped');
    expect(JSON.parse(left.stdout).reference).toBe('onnxruntime cpu');
    await rm(cut);
  }, 60_000);
});

describeWith('webgpu', 'on WebGPU', () => {
  test('a file answers as on the CPU', async () => {
    const { code, stdout } = await serkit(['parity', model, ...shared, '--providers', 'webgpu', '--json']);
    const { reference, comparisons, passed } = JSON.parse(stdout);
    expect([code, reference, passed]).toEqual([0, 'onnxruntime cpu', true]);
    expect(comparisons).toEqual([
      expect.objectContaining({ runtime: 'onnxruntime webgpu', gpu: true, tolerance: 1e-3, clips: 10, otherLabel: [] }),
    ]);
  }, 60_000);

  test('a run does, from samples on too', async () => {
    const named = ['--input', 'features,waveform', '--providers', 'webgpu', '--json'];
    const { code, stdout } = await serkit(['parity', run, ...shared, ...named]);
    expect([code, comparisonsOf(stdout).map(({ outcome }) => outcome)]).toEqual([0, ['passed', 'passed']]);
  }, 60_000);
});
