import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { resolveExperiment } from '../../pipeline/experiments/config.js';
import { readPlan } from '../../pipeline/experiments/grid/plan.js';
import type { Variant } from '../../pipeline/experiments/grid/variants.js';
import { readRunScores } from '../../pipeline/experiments/run-folder.js';
import type { Study } from '../../pipeline/experiments/studies/index.js';
import { trainCell } from '../../pipeline/workflows/grid-cell.js';
import { type ReproduceOptions, type Reproduction, reproduce } from '../../pipeline/workflows/reproduce.js';
import { temporaryFolder, writeSmallCorpus } from '../support/cli.js';

let folder: string;
let data: string;
const at = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = await temporaryFolder();
  data = await writeSmallCorpus(at('corpus'));
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const narrow = ['model.filters=[2,2]', 'model.pools=[4,8]', 'model.dropouts=[0.1,0.1]'];
const cnn: Variant = { id: 'cnn', kind: 'recogniser', model: 'cnn', settings: narrow };
const cnnLstm: Variant = { ...cnn, id: 'cnn-lstm', model: 'cnn-lstm', settings: [...narrow, 'model.lstmUnits=4'] };
const unequal = ['model.filters=[2]', 'model.pools=[2,2]', 'model.dropouts=[0.1]'];
const broken: Variant = { ...cnn, id: 'broken', settings: unequal };
const hybrid: Variant = { ...cnn, id: 'cnn+broken', encoder: 'broken' };

const tiny: Study = {
  name: 'tiny',
  purpose: 'seconds',
  unlabelled: [],
  preset: 'quick',
  recognisers: { epochs: 2, batchSize: 8, copies: 1 },
  autoencoders: {},
  autoencoderWidth: 1,
  folds: [0],
  seeds: [1],
};

interface Seen {
  lines: string[];
  bar: { done: number; total: number; detail: string; secondsLeft: number }[];
}

/** `reproduce` with the tiny study, and what it told. */
function run(report: string, more: Partial<ReproduceOptions> = {}, onProgress = (_share: number) => {}) {
  const seen: Seen = { lines: [], bar: [] };
  const result = reproduce({
    study: tiny,
    variants: [cnn, cnnLstm],
    folder: at(report),
    data,
    jobs: 2,
    only: [],
    backend: 'wasm',
    cache: at('cache'),
    skipBad: false,
    reporter: {
      line: (text) => void seen.lines.push(text),
      progress(title, done, total, detail = '', secondsLeft = Number.NaN) {
        if (title !== 'tiny study') return;
        seen.bar.push({ done, total, detail, secondsLeft });
        onProgress(done / total);
      },
    },
    ...more,
  });
  return { seen, result };
}

const statesOf = ({ cells }: Reproduction) => cells.map(({ id, state }) => `${id} ${state}`);

/** What must be the same however often a cell was stopped: its weights, its scores and its figures but the times. */
async function endOf(report: string, cell: string) {
  const cellAt = at(report, 'cells', cell);
  const { trainingMinutes: _, ...scores } = await readRunScores(cellAt);
  const weights = createHash('sha256').update(await readFile(join(cellAt, 'weights.bin')));
  const lines = (await readFile(join(cellAt, 'metrics.jsonl'), 'utf8')).trim().split('\n');
  const metrics = lines.map((line) => {
    const { seconds: _, waitedSeconds: __, memory: ___, ...figures } = JSON.parse(line);
    return figures;
  });
  return { scores, weights: weights.digest('hex'), metrics };
}

const cellIds = ['cnn/paper-seed1', 'cnn/speaker-independent-fold0-seed1'].flatMap((id) => [
  id,
  id.replace('cnn', 'cnn-lstm'),
]);

describe('a grid that runs to its end', () => {
  let seen: Seen;
  let result: Reproduction;
  beforeAll(async () => {
    const running = run('whole');
    seen = running.seen;
    result = await running.result;
  }, 120_000);

  test('leaves every cell as a run folder with its score, and hands over to the report', async () => {
    expect(statesOf(result).sort()).toEqual(cellIds.map((id) => `${id} done`).sort());
    for (const { id, scores, protocol } of result.cells) {
      expect(await readRunScores(at('whole', 'cells', id))).toEqual(scores);
      expect(scores).toMatchObject({ epochs: 2, leaks: protocol === 'paper' });
    }
    expect(result).toMatchObject({ study: 'tiny', backend: 'wasm' });
    for (const file of [result.html, result.markdown])
      expect(await readFile(file, 'utf8')).toContain('cells/cnn/paper-seed1');
    expect((await readPlan(at('whole'))).cells.map(({ id }) => id)).toEqual(result.cells.map(({ id }) => id));
  });

  test('runs two side by side and no more, and says at each score that it leaks where it does', () => {
    let running = 0;
    let most = 0;
    for (const line of seen.lines) {
      if (line.startsWith('begins: ')) running++;
      if (line.startsWith('done: ')) running--;
      most = Math.max(most, running);
    }
    expect([most, running]).toEqual([2, 0]);
    const ended = seen.lines.filter((line) => line.startsWith('done: '));
    expect(ended).toHaveLength(4);
    for (const line of ended) expect(line.includes('leaks')).toBe(line.includes('/paper'));
  });

  test('shows one bar over all cells that never goes back far, with a time left that is one', () => {
    const last = seen.bar.at(-1)!;
    expect(last).toMatchObject({ done: 1000, total: 1000, detail: '4 of 4 cells', secondsLeft: 0 });
    for (const { done, total, secondsLeft } of seen.bar) {
      expect(Number.isFinite(secondsLeft) && secondsLeft >= 0).toBe(true);
      expect(done <= total).toBe(true);
    }
    expect(
      seen.bar.some(({ detail }) => detail === '0 of 4 cells; cnn/paper-seed1, cnn/speaker-independent-fold0-seed1'),
    ).toBe(true);
  });

  test('started again it trains nothing, and writes the report again', async () => {
    const before = await Promise.all(cellIds.map((id) => endOf('whole', id)));
    const { seen, result } = run('whole');
    expect(statesOf(await result)).toEqual(expect.arrayContaining(cellIds.map((id) => `${id} done`)));
    expect(seen.lines.some((line) => line.startsWith('begins: '))).toBe(false);
    expect(await Promise.all(cellIds.map((id) => endOf('whole', id)))).toEqual(before);
  });

  test('started again with more epochs it goes on with every cell', async () => {
    const { result } = run('whole', { study: { ...tiny, recognisers: { ...tiny.recognisers, epochs: 3 } } });
    for (const { state, scores } of (await result).cells) expect([state, scores?.epochs]).toEqual(['done', 3]);
  }, 120_000);

  test('another study in its folder is refused', async () => {
    const { result } = run('whole', { study: { ...tiny, name: 'small' } });
    await expect(result).rejects.toThrow(/^study: is tiny in .*whole, not small; it can't be changed/);
    expect((await readdir(at('whole'))).filter((name) => name.startsWith('in-use'))).toEqual([]);
  });
});

test('interrupted in mid-cell and gone on with, it ends with the same weights and scores to the bit', async () => {
  const study = { ...tiny, recognisers: { ...tiny.recognisers, epochs: 12 } };
  await run('never-stopped', { study, jobs: 1 }).result;
  for (const share of [0.2, 0.6]) {
    const stop = new AbortController();
    const { result, seen } = run('stopped', { study, signal: stop.signal }, (done) => {
      if (done >= share) stop.abort();
    });
    await expect(result).rejects.toMatchObject({ name: 'AbortError' });
    expect(seen.lines.some((line) => line.startsWith('stopped: '))).toBe(true);
  }
  const { result, seen } = run('stopped', { study });
  await result;
  expect(seen.lines.some((line) => line.startsWith('goes on: '))).toBe(true);
  for (const id of cellIds) expect(await endOf('stopped', id)).toEqual(await endOf('never-stopped', id));
}, 240_000);

describe('a cell that fails', () => {
  let result: Reproduction;
  beforeAll(async () => {
    result = await run('failing', { variants: [broken, cnn, hybrid] }).result;
  }, 120_000);
  const cellNamed = (id: string) => result.cells.find((cell) => cell.id === id)!;

  test('is recorded with its reason in one line, and the rest goes on', async () => {
    const { state, reason } = cellNamed('broken/paper-seed1');
    expect([state, reason]).toEqual(['failed', expect.stringContaining('must be equally long, one number a block')]);
    const [line, ...more] = (
      await readFile(at('failing', 'cells', 'broken', 'paper-seed1', 'failure.txt'), 'utf8')
    ).split('\n');
    expect(line).toBe(reason);
    expect(more.join('\n')).toMatch(/^RangeError: .*\n\s+at /);
    expect(cellNamed('cnn/paper-seed1').state).toBe('done');
  });

  test('keeps those from running that depend on it, which say so', () => {
    const { state, reason } = cellNamed('cnn+broken/speaker-independent-fold0-seed1');
    expect([state, reason]).toEqual([
      'not run',
      expect.stringMatching(/^not run: its encoder broken\/speaker-independent-fold0-seed1 failed: .*equally long/),
    ]);
    expect(existsSync(at('failing', 'cells', 'cnn+broken', 'paper-seed1', 'config.json'))).toBe(false);
  });

  test('is tried again the next time', async () => {
    const { result, seen } = run('failing', { variants: [broken, cnn, hybrid], only: ['broken/paper*'] });
    expect(statesOf(await result)).toContain('broken/paper-seed1 failed');
    expect(seen.lines.filter((line) => line.startsWith('begins: '))).toEqual(['begins: broken/paper-seed1']);
  }, 60_000);
});

describe('the process of a cell that is ended by something else', () => {
  const ending = (name: string, nodeOptions: string) =>
    trainCell({
      job: {
        data,
        experiment: resolveExperiment('quick'),
        preset: 'quick',
        folder: at('killed', name),
        cache: at('cache'),
        backend: 'wasm',
        skipBad: false,
      },
      environment: { NODE_OPTIONS: nodeOptions },
      onProgress: () => {},
    });

  test('killed: a failure that says so', async () => {
    const kill = "--import=data:text/javascript,process.kill(process.pid,'SIGKILL')";
    const reason = 'its process was ended by SIGKILL: most likely the memory was used up; fewer --jobs need less';
    expect(await ending('killed', kill)).toEqual({ state: 'failed', reason });
    expect(await readFile(at('killed', 'killed', 'failure.txt'), 'utf8')).toMatch(`${reason}\n`);
  });

  test('out of memory: the same, and what it said last is kept', async () => {
    const { state, reason } = (await ending('memory', '--max-old-space-size=8')) as { state: string; reason: string };
    expect([state, reason]).toEqual(['failed', expect.stringContaining('most likely the memory was used up')]);
    expect(await readFile(at('killed', 'memory', 'failure.txt'), 'utf8')).toContain('heap out of memory');
  });
});

test('a second one in the same folder is refused, and the first goes on', async () => {
  const first = run('shared', { variants: [cnn], only: ['cnn/paper*'] });
  await expect(run('shared').result).rejects.toThrow(/shared: is in use by process/);
  expect(statesOf(await first.result)).toContain('cnn/paper-seed1 done');
}, 60_000);
