import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { toLittleEndian } from '../../pipeline/extraction/feature-files.js';
import {
  type Batch,
  type BatchOptions,
  type BatchSource,
  batchesInMemory,
} from '../../pipeline/training/batches/batch-source.js';
import { BATCHES_AHEAD, batchesFromFiles } from '../../pipeline/training/batches/batches-from-files.js';
import type { Dataset } from '../../pipeline/training/dataset.js';
import { examplesFromFiles, type FileDataset } from '../../pipeline/training/file-dataset.js';
import { fromRoot } from '../support/paths.js';
import { examplesInFiles } from './examples-in-files.js';

let folder: string;
let inFiles: FileDataset;
let inMemory: Dataset;
let opened: BatchSource[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'batches-'));
  ({ inFiles, inMemory } = examplesInFiles(folder, 98));
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((source) => source.close()));
  rmSync(folder, { recursive: true });
});

const options: BatchOptions = { batchSize: 4, seed: 3, labelSmoothing: 0.1, mixup: 0.4, mixupShare: 0.5 };

async function open(more: Partial<BatchOptions> = {}): Promise<BatchSource> {
  const source = await batchesFromFiles(inFiles, { ...options, ...more });
  opened.push(source);
  return source;
}

async function take(batches: AsyncIterable<Batch>, count = Number.POSITIVE_INFINITY): Promise<Batch[]> {
  const taken: Batch[] = [];
  for await (const batch of batches) if (taken.push(batch) === count) break;
  return taken;
}

const inMemoryEpoch = (epoch: number, more: Partial<BatchOptions> = {}) =>
  take(batchesInMemory(inMemory, { ...options, ...more }).epoch(epoch));

/** Threads of this process, as Node reports them. */
const threads = () => (process.report.getReport() as unknown as { workers: unknown[] }).workers.length;

describe('batches from files', () => {
  test.each([{}, { mixup: 0, labelSmoothing: 0 }, { batchSize: 97 }])(
    'are those from memory to the bit, epoch after epoch (%j)',
    async (more) => {
      const source = await open(more);
      const { shape, labels, steps, counts } = batchesInMemory(inMemory, { ...options, ...more });
      expect(source).toMatchObject({ shape, labels, steps, counts });
      for (const epoch of [1, 2, 3]) expect(await take(source.epoch(epoch))).toEqual(await inMemoryEpoch(epoch, more));
    },
  );

  test('do not depend on what was asked for before: another epoch, one left early, one again, one from a later step', async () => {
    const source = await open();
    const expected = await Promise.all([1, 2, 3, 4, 5].map((epoch) => inMemoryEpoch(epoch)));
    expect(await take(source.epoch(4), 3)).toEqual(expected[3].slice(0, 3));
    expect(await take(source.epoch(5))).toEqual(expected[4]);
    expect(await take(source.epoch(2), 1)).toEqual(expected[1].slice(0, 1));
    expect(await take(source.epoch(2))).toEqual(expected[1]);
    expect(await take(source.epoch(3, 23))).toEqual(expected[2].slice(22));
    expect(await take(batchesInMemory(inMemory, options).epoch(3, 23))).toEqual(expected[2].slice(22));
  });

  test('serve two iterations of one source, and two sources, at once', async () => {
    const [one, other] = await Promise.all([open(), open({ seed: 4 })]);
    const [first, second, third] = await Promise.all([take(one.epoch(1)), take(one.epoch(2)), take(other.epoch(1))]);
    expect(first).toEqual(await inMemoryEpoch(1));
    expect(second).toEqual(await inMemoryEpoch(2));
    expect(third).toEqual(await inMemoryEpoch(1, { seed: 4 }));
  });

  test('are refused where there is nothing to make them of', async () => {
    await expect(batchesFromFiles({ ...inFiles, files: [], truth: new Int32Array() }, options)).rejects.toThrow(
      /no examples/,
    );
    await expect(open({ batchSize: 0 })).rejects.toThrow(/batchSize 0/);
    expect(threads()).toBe(0);
  });

  test('no more than BATCHES_AHEAD are made before they are asked for', async () => {
    const source = await open();
    const rest = source.epoch(1)[Symbol.asyncIterator]();
    await rest.next();
    await sleep(300); // time to make all 25 of the epoch, were nothing to hold the thread back
    for (const path of inFiles.files.flat()) rmSync(path);
    let ahead = 0;
    const untilGone = async () => {
      for (; !(await rest.next()).done; ahead++);
    };
    await expect(untilGone()).rejects.toThrow(/is gone/);
    expect(ahead).toBeLessThanOrEqual(BATCHES_AHEAD);
  });
});

describe('waiting for batches', () => {
  /** The share of its time that a consumer waits, after its first batch, whose steps block this thread. */
  async function waitingShare(stepMs: number): Promise<number> {
    const source = await open({ batchSize: 2 });
    const clock = new Int32Array(new SharedArrayBuffer(4));
    let [started, waitedBefore] = [0, 0];
    for await (const _ of source.epoch(1)) {
      if (started === 0) [started, waitedBefore] = [performance.now(), source.waitedSeconds()];
      Atomics.wait(clock, 0, 0, stepMs); // as a native step does: no event is heard meanwhile
    }
    return (1000 * (source.waitedSeconds() - waitedBefore)) / (performance.now() - started);
  }

  test('is nearly all that a step of no length does, and nearly nothing beside a step longer than a batch takes', async () => {
    // Measured 0.97…0.99 and 0.004…0.007 with twice as much to do as there are cores.
    expect(await waitingShare(0)).toBeGreaterThan(0.5);
    expect(await waitingShare(40)).toBeLessThan(0.2);
  });

  test('is counted in memory too', async () => {
    const source = batchesInMemory(inMemory, options);
    expect(source.waitedSeconds()).toBe(0);
    await take(source.epoch(1));
    expect(source.waitedSeconds()).toBeGreaterThan(0);
  });
});

describe('a cache file that was changed meanwhile', () => {
  const changes: [string, (path: string) => void, RegExp][] = [
    ['deleted', (path) => rmSync(path), /is gone since it was extracted; start again/],
    ['truncated', (path) => truncateSync(path, 24), /24 bytes instead of 60, .*start again/],
    ['overwritten', (path) => writeFileSync(path, new Uint8Array(60).fill(255)), /no finite number; delete it/],
  ];

  test.each(changes)(
    '%s: an error that names it; its batch can be asked for again when it is whole',
    async (_, spoil, message) => {
      const source = await open();
      const [, path] = inFiles.files[inMemory.truth.length - 1];
      const whole = readFileSync(path);
      spoil(path);
      const spoilt = take(source.epoch(1));
      await expect(spoilt).rejects.toThrow(path);
      await expect(take(source.epoch(1))).rejects.toThrow(message);
      writeFileSync(path, whole);
      expect(await take(source.epoch(1))).toEqual(await inMemoryEpoch(1));
    },
  );

  test('batches before it still come', async () => {
    const expected = await inMemoryEpoch(1, { mixup: 0, labelSmoothing: 0 });
    const last = expected[24].features.slice(0, 30);
    const spoilt = inMemory.features.findIndex((values) => `${values}` === `${last}`);
    rmSync(inFiles.files[spoilt][0]);
    const source = await open({ mixup: 0, labelSmoothing: 0 });
    const taken: Batch[] = [];
    const all = async () => {
      for await (const batch of source.epoch(1)) taken.push(batch);
    };
    await expect(all()).rejects.toThrow(inFiles.files[spoilt][0]);
    expect(taken).toEqual(expected.slice(0, 24));
  });
});

describe('closing', () => {
  test('ends the thread, a batch that is waited for and every later one; twice is once', async () => {
    const source = await open();
    expect(threads()).toBe(1);
    const [waiting, waitingToo] = [take(source.epoch(1)), take(source.epoch(2))];
    await Promise.all([
      source.close(),
      expect(waiting).rejects.toThrow('the batches were closed'),
      expect(waitingToo).rejects.toThrow('the batches were closed'),
    ]);
    expect(threads()).toBe(0);
    await source.close();
    await expect(take(source.epoch(1))).rejects.toThrow('the batches were closed');
  });

  const batches = JSON.stringify(fromRoot('dist/pipeline/training/batches/batches-from-files.js'));
  /** Runs a program that has opened `source`, and gives what it printed when it has ended by itself. */
  async function run(program: string): Promise<string> {
    const data = JSON.stringify({ ...inFiles, truth: [...inFiles.truth] });
    const start = `let thread; process.once('worker', (worker) => { thread = worker; });
      const { batchesFromFiles } = await import(${batches});
      const source = await batchesFromFiles(${data}, { batchSize: 4, seed: 1 });`;
    const path = join(folder, 'program.mjs');
    writeFileSync(path, `${start}\n${program}`);
    return (await promisify(execFile)(process.execPath, [path], { timeout: 30_000 })).stdout.trim();
  }

  test('or not: a process that has left an epoch early, and waited for all of another, ends by itself', async () => {
    const program = `for await (const batch of source.epoch(1)) break;
      let steps = 0; for await (const batch of source.epoch(2)) steps++; console.log(steps);`;
    expect(await run(program)).toBe('25');
    expect(await run(`${program} await source.close();`)).toBe('25');
  });

  test('a thread that dies is an error', async () => {
    const program = `for await (const batch of source.epoch(1)) break;
      await thread.terminate();
      try { for await (const batch of source.epoch(2)); } catch (error) { console.log(error.message); }`;
    expect(await run(program)).toBe('the thread that makes batches ended with exit code 1');
  });
});

describe('examples from files', () => {
  test('are those in memory, each read when asked for', () => {
    const { features, ...rest } = examplesFromFiles(inFiles);
    expect(features.length).toBe(98);
    expect(Array.from({ length: 98 }, (_, i) => features.at(i))).toEqual(inMemory.features);
    expect(features.at(98)).toBeUndefined();
    expect(rest).toEqual({ shape: [2, 3, 5, 1], truth: inMemory.truth, labels: inMemory.labels });
    writeFileSync(inFiles.files[5][0], toLittleEndian(new Float32Array(15)));
    expect(features.at(5)).not.toEqual(inMemory.features[5]);
  });
});
