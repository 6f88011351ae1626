import { createHash } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomInt } from 'd3-random';
import seedrandom from 'seedrandom';
import { type Answer, serkit, temporaryFolder, writeSmallCorpus } from '../support/cli.js';
import { describeWith } from '../support/needs.js';

let folder: string;
let data: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  data = await writeSmallCorpus(join(folder, 'corpus'));
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const cacheOption = () => ['--cache', join(folder, 'cache')];

/** Many tiny epochs, with everything switched on that has a state. */
const trainArgs = (backend: string, run: string, ...more: string[]) => [
  ...[
    'train',
    '--data',
    data,
    '--preset',
    'demo',
    '--backend',
    backend,
    '--deterministic',
    '--epochs',
    '18',
    '-o',
    run,
  ],
  ...cacheOption(),
  ...['--set', 'copies=0', 'batchSize=8', 'model.filters=[2]', 'model.pools=[8]', 'model.dropouts=[0.1]'],
  ...['model.denseUnits=8', 'ema=0.9', 'schedule=plateau', 'plateauPatience=2', 'weightDecay=0.01', 'clipNorm=1'],
  ...['mixup=0.3', 'mixupShare=0.5', 'labelSmoothing=0.1', 'classWeights=balanced'],
  ...more,
];
const resumeArgs = (run: string, ...more: string[]) => ['train', '--resume', '-o', run, ...cacheOption(), ...more];

/** What must be the same at the end, however often a run was stopped: the weights' hash, and all figures but times. */
async function endOf(run: string): Promise<{ weights: string; metrics: unknown[] }> {
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const lines = (await readFile(join(run, 'metrics.jsonl'), 'utf8')).trim().split('\n');
  const metrics = lines.map((line) => {
    const { seconds: _, waitedSeconds: __, memory: ___, ...figures } = JSON.parse(line);
    return figures;
  });
  return { weights: sha256(await readFile(join(run, 'weights.bin'))), metrics };
}

const random = seedrandom.alea('moments of death');

/** Sends a signal to the process when so many things have happened in its run's checkpoint folder, and a while after. */
async function stop(args: string[], run: string, signal: 'SIGKILL' | 'SIGTERM', events: number, delayMs: number) {
  const checkpoints = join(run, 'checkpoint');
  await mkdir(checkpoints, { recursive: true });
  let left = events;
  let watcher: FSWatcher | undefined;
  const answer = await serkit(args, {
    started: (child) => {
      watcher = watch(checkpoints, () => {
        if (--left === 0) setTimeout(() => child.kill(signal), delayMs);
      });
    },
  });
  watcher?.close();
  return answer;
}

/** At any moment: while a checkpoint is half written, is being renamed, or steps are under way. */
const kill = (args: string[], run: string): Promise<Answer> =>
  stop(args, run, 'SIGKILL', randomInt.source(random)(1, 11)(), random() < 0.5 ? 0 : random() * 60);

function killContract(backend: string, kills: number): void {
  test(`killed ${kills} times and resumed, it ends with the same weights to the bit`, async () => {
    const whole = join(folder, `${backend}-whole`);
    expect(await serkit(trainArgs(backend, whole))).toMatchObject({ code: 0 });
    const run = join(folder, `${backend}-killed`);
    for (let killed = 0; killed < kills; killed++) {
      const { code, stderr } = await kill(killed === 0 ? trainArgs(backend, run) : resumeArgs(run), run);
      expect([code, stderr]).toEqual([null, expect.not.stringContaining('damaged')]); // killed, not ended
    }
    const { code, stderr } = await serkit(resumeArgs(run));
    expect([code, stderr]).toEqual([0, expect.stringMatching(/goes on from epoch-/)]);
    const expected = await endOf(whole);
    expect(expected.metrics).toHaveLength(18);
    expect(await endOf(run)).toEqual(expected);
    expect((await readdir(join(run, 'checkpoint'))).sort()).toEqual([
      'epoch-0017.safetensors',
      'epoch-0018.safetensors',
    ]);
  }, 300_000);
}

describe('a run on wasm', () => {
  killContract('wasm', 7);

  test('stopped by SIGTERM it saves, exits 130 and goes on at that step: the same weights again', async () => {
    const run = join(folder, 'terminated');
    const { code, stderr } = await stop(trainArgs('wasm', run), run, 'SIGTERM', 12, 10);
    expect(code).toBe(130);
    expect(stderr.trim().split('\n').slice(-2)).toEqual([
      `stopped, and saved: serkit train --resume -o ${run} goes on at this step`,
      'interrupted',
    ]);
    expect(await serkit(resumeArgs(run))).toMatchObject({ code: 0 });
    expect(await endOf(run)).toEqual(await endOf(join(folder, 'wasm-whole')));
    const refused = await serkit(resumeArgs(run, '--set', 'weightDecay=1'));
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('weightDecay: is ')]);
  }, 120_000);
});
describe('a run on cpu', () => killContract('cpu', 6));
describeWith('tensorflow', 'a run on TensorFlow in its deterministic mode', () => killContract('tensorflow', 7));
