import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { openBackend } from '../../pipeline/training/backends/index.js';
import { epochScalars, openTensorboardLog, tensorboardSupported } from '../../pipeline/training/tensorboard.js';
import { describeWith } from '../support/needs.js';
import { fromRoot } from '../support/paths.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serkit-tensorboard-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const metrics = (epoch: number) => ({ epoch, loss: 1 / epoch, watched: { uar: epoch / 10 }, seconds: 2, note: 'text' });

describeWith('tensorflow', 'event files', () => {
  beforeAll(async () => {
    await openBackend('tensorflow');
  });

  test('hold the tags, steps and values that were written, as soon as they are written', async () => {
    const place = join(folder, 'new', 'events');
    const log = await openTensorboardLog(place);
    for (const epoch of [1, 2, 3]) log.write(epoch, epochScalars(metrics(epoch)));
    const expected = [1, 2, 3].flatMap((epoch) => [
      { step: epoch, tag: 'epoch/loss', value: Math.fround(1 / epoch) },
      { step: epoch, tag: 'epoch/watched/uar', value: Math.fround(epoch / 10) },
      { step: epoch, tag: 'epoch/seconds', value: 2 },
    ]);
    expect(await scalarsOf(place)).toEqual(expected);
    log.close();
    expect(await scalarsOf(place)).toEqual(expected);
  });

  test('are gone on with by another process, at its steps', async () => {
    const place = join(folder, 'resumed');
    const program = `
      const { openBackend } = await import('${fromRoot('dist/pipeline/training/backends/index.js')}');
      const { openTensorboardLog } = await import('${fromRoot('dist/pipeline/training/tensorboard.js')}');
      await openBackend('tensorflow');
      (await openTensorboardLog(process.argv[1])).write(Number(process.argv[2]), { 'epoch/loss': 0.5 });
      process.kill(process.pid, 'SIGKILL');`;
    for (const epoch of ['1', '2'])
      expect(() =>
        execFileSync(process.execPath, ['--input-type=module', '-e', program, place, epoch], { stdio: 'ignore' }),
      ).toThrow(/SIGKILL|Command failed/);
    expect(await scalarsOf(place)).toEqual([
      { step: 1, tag: 'epoch/loss', value: 0.5 },
      { step: 2, tag: 'epoch/loss', value: 0.5 },
    ]);
  });

  test('take no tensors', async () => {
    const log = await openTensorboardLog(join(folder, 'tensors'));
    log.write(1, epochScalars(metrics(1)));
    const before = tf.memory().numTensors;
    for (let epoch = 2; epoch < 20; epoch++) log.write(epoch, epochScalars(metrics(epoch)));
    expect(tf.memory().numTensors).toBe(before);
  });

  test('taken away in between are an error, not a loss', async () => {
    const place = join(folder, 'removed');
    (await openTensorboardLog(place)).close();
    await rm(place, { recursive: true });
    await expect(openTensorboardLog(place)).rejects.toThrow(/removed: its event file was removed/);
  });
});

describe('on another backend', () => {
  test('says that it is not supported', async () => {
    await openBackend('wasm');
    expect(tensorboardSupported()).toBe(false);
    await expect(openTensorboardLog(folder)).rejects.toThrow(/need the backend tensorflow, this is wasm/);
  });
});

/** Every scalar of a folder's event files, in the order of files and records. */
async function scalarsOf(place: string): Promise<{ step: number; tag: string; value: number }[]> {
  const scalars = [];
  for (const file of (await readdir(place)).sort())
    for (const record of recordsOf(await readFile(join(place, file)))) scalars.push(...scalarsOfEvent(record));
  return scalars;
}

/** TFRecord: length (uint64), masked CRC of the length, data, masked CRC of the data; little-endian. */
function* recordsOf(bytes: Buffer): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(data).toHaveLength(length);
    expect(bytes.readUInt32LE(at + 8)).toBe(maskedCrc32c(bytes.subarray(at, at + 8)));
    expect(bytes.readUInt32LE(at + 12 + length)).toBe(maskedCrc32c(data));
    yield data;
    at += 16 + length;
  }
}

/** CRC-32C (Castagnoli), rotated and moved as TFRecord wants it. */
function maskedCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** tensorflow.Event: step = 2, summary = 5; Summary: value = 1; Value: tag = 1, simple_value = 2. */
function scalarsOfEvent(bytes: Uint8Array): { step: number; tag: string; value: number }[] {
  let step = 0;
  const values: { tag: string; value: number }[] = [];
  const readFields = (part: Uint8Array, read: (field: number, reader: BinaryReader) => boolean): void => {
    const reader = new BinaryReader(part);
    while (reader.pos < reader.len) {
      const [field, wireType] = reader.tag();
      if (!read(field, reader)) reader.skip(wireType);
    }
  };
  readFields(bytes, (field, event) => {
    if (field === 2) step = Number(event.int64());
    else if (field === 5)
      readFields(event.bytes(), (ofSummary, summary) => {
        if (ofSummary !== 1) return false;
        const scalar = { tag: '', value: Number.NaN };
        readFields(summary.bytes(), (ofValue, value) => {
          if (ofValue === 1) scalar.tag = value.string();
          else if (ofValue === 2) scalar.value = value.float();
          else return false;
          return true;
        });
        values.push(scalar);
        return true;
      });
    else return false;
    return true;
  });
  return values.map((value) => ({ step, ...value }));
}
