import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What a file is called while it is being written; one that is found later was left by a process that was killed. */
export const unfinishedSuffix = '.unfinished';

/** The last write of each path that this process is at. */
const underWay = new Map<string, Promise<void>>();

/**
 * Writes a file that is whole or not there, and still there after a power cut: under a temporary name, synced, renamed,
 * the folder synced. A file of that name stays as it was until then. Writes of one path by this process take turns, in
 * the order in which they were asked for.
 *
 * @param data in one or in consecutive parts
 *
 * @throws Error in one line where the disk is full, or the file can't be written; nothing is left of it then
 */
export async function writeDurably(path: string, data: Uint8Array | string | readonly Uint8Array[]): Promise<void> {
  const before = underWay.get(path)?.catch(() => {}); // whoever asked for it hears of its failure
  const own = Promise.resolve(before).then(() => write(path, data));
  underWay.set(path, own);
  try {
    await own;
  } finally {
    if (underWay.get(path) === own) underWay.delete(path);
  }
}

async function write(path: string, data: Uint8Array | string | readonly Uint8Array[]): Promise<void> {
  const unfinished = path + unfinishedSuffix;
  try {
    const file = await open(unfinished, 'w');
    try {
      for (const part of [data].flat()) await file.writeFile(part); // goes on after a short write, which a disk that is nearly full answers
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(unfinished, { force: true });
    throw new Error(`${path}: ${reasonOf(error as NodeJS.ErrnoException)}`);
  }
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // has no such thing
  const handle = await open(folder, 'r');
  await handle.sync();
  await handle.close();
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'the disk is full; make space';
  return code ? `can't be written (${code})` : message;
}
