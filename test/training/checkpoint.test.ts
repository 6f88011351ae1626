import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { randomInt } from 'd3-random';
import seedrandom from 'seedrandom';
import { openBackend } from '../../pipeline/training/backends/index.js';
import { batchesInMemory } from '../../pipeline/training/batches/batch-source.js';
import {
  type Checkpoint,
  checkpointName,
  readNewestCheckpoint,
  writeCheckpoint,
} from '../../pipeline/training/checkpoint.js';
import { noProgress } from '../../pipeline/training/progress.js';
import { decodeSafetensors, encodeSafetensors } from '../../pipeline/training/safetensors.js';
import { train } from '../../pipeline/training/train.js';
import { describeWith } from '../support/needs.js';
import { narrowCnn, stripes } from './toy.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serkit-checkpoint-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Full of numbers that are easily lost: subnormal, −0, the largest, and sums that have no short decimal. */
function checkpointOf(epochs: number, steps = 0, weights = 7): Checkpoint {
  const values = (from: number) =>
    Float32Array.from({ length: weights }, (_, i) => [1e-45, -0, 3.4e38, 1 / 3][i] ?? from + i);
  const progress = { ...noProgress(), epochs, steps };
  progress.sums.loss = 0.1 + 0.2;
  const learner = { weights: values(epochs), mean: values(2), square: values(3), dropoutSteps: [4, 5] };
  return { progress, learner, kept: values(6), setting: { steps: 9, weights } };
}

describe('a checkpoint', () => {
  test('gives back everything to the bit', async () => {
    const checkpoint = { ...checkpointOf(3, 2) };
    checkpoint.learner.average = Float32Array.of(1, 2);
    await writeCheckpoint(folder, checkpoint);
    const read = await readNewestCheckpoint(folder);
    expect(read).toEqual({ checkpoint, name: 'epoch-0003-step-0002.safetensors', damaged: [] });
    expect(Object.is(read.checkpoint!.learner.weights[1], -0)).toBe(true);
  });

  test('is kept in two generations, the newest first, by epoch and step and not by name', async () => {
    for (const [epochs, steps] of [[9998], [9999, 3], [9999, 12], [10_000]] as const) {
      await writeCheckpoint(folder, checkpointOf(epochs, steps));
      expect((await readNewestCheckpoint(folder)).name).toBe(checkpointName({ epochs, steps: steps ?? 0 }));
    }
    expect((await readdir(folder)).sort()).toEqual(['epoch-10000.safetensors', 'epoch-9999-step-0012.safetensors']);
  });

  test('of none there is none; what a killed process left unfinished is no checkpoint and is removed', async () => {
    expect(await readNewestCheckpoint(join(folder, 'none'))).toEqual({ damaged: [] });
    await writeFile(join(folder, 'epoch-0004.safetensors.unfinished'), 'half');
    expect(await readNewestCheckpoint(folder)).toEqual({ damaged: [] });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a damaged checkpoint', () => {
  const newest = () => join(folder, checkpointName({ epochs: 2, steps: 0 }));
  beforeEach(async () => {
    await writeCheckpoint(folder, checkpointOf(1));
    await writeCheckpoint(folder, checkpointOf(2));
  });

  async function expectTheOneBefore(): Promise<void> {
    const { checkpoint, damaged } = await readNewestCheckpoint(folder);
    expect(checkpoint?.progress.epochs).toBe(1);
    expect(damaged).toHaveLength(1);
    expect(damaged[0]).toContain(`${newest()}: `);
    expect(damaged[0]).not.toContain('\n');
  }

  test('any bit that flipped, anywhere: the one before it is taken, with the reason', async () => {
    const whole = await readFile(newest());
    const random = randomInt.source(seedrandom.alea('flips'))(whole.length * 8);
    const places = [0, 7, 60, 64, 70, 8 * 20, 8 * 60, whole.length * 8 - 1, ...Array.from({ length: 60 }, random)];
    for (const bit of places) {
      const flipped = Buffer.from(whole);
      flipped[bit >> 3] ^= 1 << (bit & 7);
      await writeFile(newest(), flipped);
      await expectTheOneBefore();
    }
  });

  test('cut off anywhere, empty, or longer than it was', async () => {
    const whole = await readFile(newest());
    const random = randomInt.source(seedrandom.alea('cuts'))(whole.length);
    for (const length of [0, 1, 8, 30, whole.length - 1, ...Array.from({ length: 20 }, random)]) {
      await writeFile(newest(), whole.subarray(0, length));
      await expectTheOneBefore();
    }
    await writeFile(newest(), Buffer.concat([whole, Buffer.alloc(4)]));
    await expectTheOneBefore();
  });

  test('that cannot be read at all', async () => {
    await rm(newest());
    await mkdir(newest());
    await expectTheOneBefore();
  });

  test('and no other whole: an error that names both and says what to do', async () => {
    for (const name of await readdir(folder)) await truncate(join(folder, name), 50);
    await expect(readNewestCheckpoint(folder)).rejects.toThrow(
      /^[^\n]*epoch-0002[^\n]*epoch-0001[^\n]*no other checkpoint is there; without [^\n]* the run begins anew$/,
    );
  });
});

describe('the file format', () => {
  test('is safetensors: length, JSON header, aligned numbers in order', () => {
    const file = encodeSafetensors({
      metadata: { a: 1 },
      tensors: { x: Float32Array.of(1, 2), y: Float32Array.of(3) },
    });
    const length = Number(file.readBigUInt64LE());
    expect(length % 8).toBe(0);
    const header = JSON.parse(file.toString('utf8', 8, 8 + length));
    expect(header).toMatchObject({
      __metadata__: { document: '{"a":1}' },
      x: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
      y: { dtype: 'F32', shape: [1], data_offsets: [8, 12] },
    });
    expect([0, 4, 8].map((at) => file.readFloatLE(8 + length + at))).toEqual([1, 2, 3]);
    expect(file.length).toBe(8 + length + 12);
    expect(decodeSafetensors(file)).toEqual({
      metadata: { a: 1 },
      tensors: { x: Float32Array.of(1, 2), y: Float32Array.of(3) },
    });
  });
});

describeWith('small-disk', 'on a full disk', () => {
  let disk: string;
  beforeEach(async () => {
    disk = join(folder, 'disk');
    await mkdir(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', disk]);
  });
  afterEach(() => void execFileSync('umount', [disk]));

  test('the error says so, nothing is left of the new one, and the one before it is whole', async () => {
    await writeCheckpoint(disk, checkpointOf(1, 0, 3000)); // 48 kB
    await writeFile(join(disk, 'others'), Buffer.alloc(60_000));
    const full = writeCheckpoint(disk, checkpointOf(2, 0, 3000));
    await expect(full).rejects.toThrow(`${join(disk, 'epoch-0002.safetensors')}: the disk is full; make space`);
    expect((await readdir(disk)).sort()).toEqual(['epoch-0001.safetensors', 'others']);
    expect((await readNewestCheckpoint(disk)).checkpoint).toEqual(checkpointOf(1, 0, 3000));
    await rm(join(disk, 'others'));
    await writeCheckpoint(disk, checkpointOf(2, 0, 3000));
    expect((await readNewestCheckpoint(disk)).name).toBe('epoch-0002.safetensors');
  });

  test('training stops and names the checkpoint before, from which it goes on when there is space', async () => {
    await openBackend('wasm');
    const known = batchesInMemory(stripes(33, 'disk'), { batchSize: 16, seed: 1 });
    const watched = stripes(12, 'watched');
    const options = { epochs: 4, learningRate: 0.01, checkpointFolder: disk };
    const stopped = train(narrowCnn(1), known, watched, {
      ...options,
      onEpoch: ({ epoch }) => {
        if (epoch === 3) writeFileSync(join(disk, 'others'), Buffer.alloc(75_000));
      },
    });
    await expect(stopped).rejects.toThrow(
      `${join(disk, 'epoch-0003.safetensors')}: the disk is full; make space; the last good checkpoint is epoch 2 in ${disk}`,
    );
    await rm(join(disk, 'others'));
    const { checkpoint: resume } = await readNewestCheckpoint(disk);
    const resumed = await train(narrowCnn(1), known, watched, { ...options, resume });
    const whole = await train(narrowCnn(1), known, watched, { ...options, checkpointFolder: undefined });
    expect(resumed.history.map(({ loss }) => loss)).toEqual(whole.history.map(({ loss }) => loss));
  });
});
