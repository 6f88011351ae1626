import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

const heartbeatMs = 5_000;
/** A lock that was not touched for so long belongs to nobody any more. */
const deadAfterMs = 60_000;
const prefix = 'in-use-by-';

/**
 * Makes a folder this process' own until `release`: a file `in-use-by-HOST-PID` in it, touched every five seconds. One
 * whose process is gone, or which was not touched for a minute, as after a power cut, holds nobody up.
 *
 * Each process writes a file of its own and then looks for others, so that of two which begin at the same moment one or
 * both are refused, and never none.
 *
 * @param onLost called where the file is taken away, as by another process after this one was suspended for minutes
 * @throws Error that names who is at work in the folder
 */
export async function lockFolder(
  folder: string,
  onLost: (reason: Error) => void,
): Promise<{ release(): Promise<void> }> {
  const own = `${prefix}${hostname()}-${process.pid}`;
  const path = join(folder, own);
  await mkdir(folder, { recursive: true });
  // One of the same name may be left from before a restart, where processes get the same numbers again.
  if (await isAlive(folder, own)) throw inUse(folder, own);
  await rm(path, { force: true });
  await writeFile(path, '', { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? inUse(folder, own) : new Error(`${path}: can't be written (${error.code})`);
  });
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix) || name === own) continue;
    if (await isAlive(folder, name)) {
      await rm(path, { force: true });
      throw inUse(folder, name);
    }
    await rm(join(folder, name), { force: true });
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

const inUse = (folder: string, name: string): Error =>
  new Error(
    `${folder}: is in use by process ${name.slice(prefix.length)}; wait for its end, or choose another folder with -o`,
  );
