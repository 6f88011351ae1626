import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const heartbeatMs = 5_000;
const retryMs = 250;
/** A lock that was not touched for so long belongs to nobody any more. */
const deadAfterMs = 60_000;
const prefix = 'in-use-by-';
const ownName = `${prefix}${hostname()}-${process.pid}`;

export interface FolderLock {
  release(): Promise<void>;
}

export interface LockOptions {
  /** Called where the file is taken away, as by another process after this one was suspended for minutes. */
  onLost: (reason: Error) => void;
  /** How long to wait for another process to end, milliseconds. Default 0. */
  patienceMs?: number;
}

/**
 * Makes a folder this process' own until `release`: a file `in-use-by-HOST-PID` in it, touched every five seconds. One
 * whose process is gone, or which was not touched for a minute, as after a power cut, holds nobody up.
 *
 * Each process writes a file of its own and then looks for others, so that of two which begin at the same moment one or
 * both are refused, and never none.
 *
 * @throws Error that names who is at work in the folder
 */
export async function lockFolder(folder: string, { onLost, patienceMs = 0 }: LockOptions): Promise<FolderLock> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, ownName);
  const until = Date.now() + patienceMs;
  for (;;) {
    const other = await tryLock(folder, path);
    if (other === undefined) break;
    if (Date.now() >= until)
      throw new Error(
        `${folder}: is in use by process ${other.slice(prefix.length)}; wait for its end, or choose another folder`,
      );
    await setTimeout(retryMs);
  }
  const beat = setInterval(async () => {
    const now = new Date();
    await utimes(path, now, now).catch(() => {
      clearInterval(beat);
      onLost(new Error(`${path}: is gone, so another process may be at work there; start again when it has ended`));
    });
  }, heartbeatMs);
  beat.unref();
  return {
    async release() {
      clearInterval(beat);
      await rm(path, { force: true });
    },
  };
}

/** @returns the file of another process that is at work in the folder; undefined where it is this one's now */
async function tryLock(folder: string, path: string): Promise<string | undefined> {
  // One of the same name may be left from before a restart, where processes get the same numbers again.
  if ((await create(path)) === 'exists') {
    if (await isAlive(folder, ownName)) return ownName;
    const now = new Date();
    await utimes(path, now, now);
  }
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix) || name === ownName) continue;
    if (await isAlive(folder, name)) {
      await rm(path, { force: true });
      return name;
    }
    await rm(join(folder, name), { force: true });
  }
  return undefined;
}

async function create(path: string): Promise<'created' | 'exists'> {
  try {
    await writeFile(path, '', { flag: 'wx' });
    return 'created';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return 'exists';
    throw new Error(`${path}: can't be written (${code}); choose a folder that can be`);
  }
}

async function isAlive(folder: string, name: string): Promise<boolean> {
  const file = await stat(join(folder, name)).catch(() => undefined);
  if (!file || Date.now() - file.mtimeMs > deadAfterMs) return false;
  const [, host, pid] = /^in-use-by-(.+)-(\d+)$/.exec(name) ?? [];
  return host !== hostname() || isRunning(Number(pid));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // another user's
  }
}
