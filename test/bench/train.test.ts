import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { contestantsFor } from '../../bench/contestants.js';
import { compete } from '../../bench/rounds.js';
import { type Answer, temporaryFolder } from '../support/cli.js';
import { fromRoot } from '../support/paths.js';

/** Runs the bench as a person would, with a python that is not there. */
function bench(...args: string[]): Promise<Answer> {
  return new Promise((resolve) => {
    const env = { ...process.env, SERKIT_BENCH_PYTHON: join('no', 'python') };
    const child = spawn(process.execPath, [fromRoot('dist/bench/train.js'), ...args], { env });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text) => (stdout += text));
    child.stderr.on('data', (text) => (stderr += text));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

const small = ['--backends', 'wasm', '--models', 'cnn', '--rounds', '1', '--steps', '1', '--batch', '2'];

describe('the bench of a training step', () => {
  let folder: string;
  let answer: Answer;
  beforeAll(async () => {
    folder = await temporaryFolder();
    answer = await bench(...small, '--peers', '--json', '-o', folder);
  }, 240_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('measures, and answers one JSON document that is also in its file', () => {
    expect(answer.stderr).toContain('written: ');
    expect(answer.code).toBe(0);
    const result = JSON.parse(answer.stdout);
    expect(JSON.parse(readFileSync(join(folder, 'train.json'), 'utf8'))).toEqual(result);
    expect(result).toMatchObject({ rounds: 1, steps: 1, versions: { tfjs: '4.22.0' } });
    const [{ contestants, parameters, gflopPerExample }] = result.networks;
    expect(parameters).toBe(277_768);
    expect(contestants).toHaveLength(1);
    const [wasm] = contestants;
    expect(wasm).toMatchObject({ name: 'serkit wasm', device: expect.stringMatching(/^CPU/), batch: 2, ratios: {} });
    const [[milliseconds]] = wasm.milliseconds;
    expect(wasm.samplesPerSecond).toBeCloseTo(2000 / milliseconds, 6);
    expect(wasm.gflopPerSecond).toBeCloseTo((2000 / milliseconds) * gflopPerExample, 6);
    expect(Number.isFinite(wasm.loss.last)).toBe(true);
  });

  test('who is not here is named, with the reason and what to do', () => {
    const [{ absent }] = JSON.parse(answer.stdout).networks;
    expect(absent.map(({ name }: { name: string }) => name)).toEqual(['Keras', 'PyTorch']);
    for (const { reason, mend } of absent) {
      expect(reason).toMatch(/ENOENT/);
      expect(mend).toContain('pip install -r bench/peers/requirements.txt');
    }
    const page = readFileSync(join(folder, 'train.md'), 'utf8');
    expect(page).toMatch(/\| serkit wasm \| CPU[^|]* \| 2 \|/);
    expect(page).toContain('not here: PyTorch: ');
  });

  test('networks that differ are not compared', async () => {
    const [wasm] = contestantsFor('cnn', { backends: ['wasm'], peers: false, batch: 2, threads: 1 });
    const silent = { line() {}, progress() {} };
    await expect(compete([wasm], { parameters: 277_767, rounds: 1, steps: 1 }, 'cnn', silent)).rejects.toThrow(
      "serkit wasm: its network has 277768 parameters, the report's 277767; networks that differ are not compared",
    );
  });

  test.each([
    [['--backends', 'abacus'], '--backends: "abacus" is not one of tensorflow, '],
    [['--models', 'cnn,rnn'], '--models: "rnn" is not one of cnn'],
    [['--batch', '1'], '--batch: 1 is not supported; supported: a whole number from 2'],
    [['--rounds', 'few'], '--rounds: NaN is not supported; supported: a whole number from 1'],
    [['--profile', '--backends', 'wasm,cpu'], '--profile looks at one backend'],
    [['--fast'], 'Unknown argument: fast'],
  ])('wrong usage is an error in one line: %j', async (args, message) => {
    const { code, stderr, stdout } = await bench(...args);
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(`bench:train: ${message}`);
    expect(stdout).toBe('');
  });
});
