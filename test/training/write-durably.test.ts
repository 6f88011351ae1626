import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeDurably } from '../../pipeline/training/write-durably.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serkit-write-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('many writes of one file at once: it is always one of them, in the end the last, and nothing else is left', async () => {
  const file = join(folder, 'file.json');
  const text = (i: number) => JSON.stringify({ i, fill: 'x'.repeat((i * 7919) % 50_000) });
  const seen: number[] = [];
  const writes = Array.from({ length: 60 }, (_, i) =>
    writeDurably(file, text(i)).then(async () => void seen.push(JSON.parse(await readFile(file, 'utf8')).i)),
  );
  await Promise.all(writes);
  expect(seen).toHaveLength(60);
  expect(await readFile(file, 'utf8')).toBe(text(59));
  expect(await readdir(folder)).toEqual(['file.json']);
});

test('one that fails does not keep the next from being written', async () => {
  const file = join(folder, 'later', 'file.txt');
  const failing = writeDurably(file, 'a');
  const next = failing.catch(() => mkdir(join(folder, 'later'))).then(() => writeDurably(file, 'b'));
  await expect(failing).rejects.toThrow(/file\.txt: can't be written \(ENOENT\)$/);
  await next;
  expect(await readFile(file, 'utf8')).toBe('b');
});
