import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { lockFolder } from '../../pipeline/experiments/grid/folder-lock.js';
import { fromRoot } from '../support/paths.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'serkit-lock-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const onLost = (reason: Error) => {
  throw reason;
};
const lock = (folder: string, patienceMs = 0) => lockFolder(folder, { onLost, patienceMs });

/** Another process that has the folder. */
async function otherProcess(folder: string) {
  const module = fromRoot('dist/pipeline/experiments/grid/folder-lock.js');
  const script = `import { lockFolder } from ${JSON.stringify(module)};
    await lockFolder(${JSON.stringify(folder)}, { onLost() {} }); console.log('locked'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
  await once(child.stdout, 'data');
  return child;
}

test('a folder in which another process is at work is refused by its name, and free when that was killed', async () => {
  const folder = join(root, 'other');
  const child = await otherProcess(folder);
  await expect(lock(folder)).rejects.toThrow(`${folder}: is in use by process ${hostname()}-${child.pid};`);
  expect(await readdir(folder)).toEqual([`in-use-by-${hostname()}-${child.pid}`]); // the refused one left nothing
  child.kill('SIGKILL');
  await once(child, 'close');
  const own = await lock(folder);
  expect(await readdir(folder)).toEqual([`in-use-by-${hostname()}-${process.pid}`]);
  await own.release();
  expect(await readdir(folder)).toEqual([]);
});

test('with patience the end of the other one is waited for', async () => {
  const folder = join(root, 'patience');
  const child = await otherProcess(folder);
  const own = lock(folder, 60_000);
  child.kill('SIGKILL');
  await (await own).release();
});

test('a second time in one process is refused too', async () => {
  const folder = join(root, 'twice');
  const own = await lock(folder);
  await expect(lock(folder)).rejects.toThrow(/is in use by process/);
  await own.release();
  await (await lock(folder)).release();
});

test('of another host only the time tells: refused while it is touched, free a minute after', async () => {
  const folder = join(root, 'host');
  await (await lock(folder)).release();
  const theirs = join(folder, 'in-use-by-elsewhere-7');
  await writeFile(theirs, '');
  await expect(lock(folder)).rejects.toThrow(/is in use by process elsewhere-7;/);
  const longAgo = new Date(Date.now() - 90_000);
  await utimes(theirs, longAgo, longAgo);
  await (await lock(folder)).release();
  expect(await readdir(folder)).toEqual([]);
});
