import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const hours = 3600_000;

/**
 * Makes a folder all at once: `fill` writes into one beside it, which then takes its place. Whenever the process ends,
 * `place` is the old folder, the new one, or not there. Where several make the same folder, the last one stays.
 */
export async function replaceFolder(place: string, fill: (scratch: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(place), { recursive: true });
  await sweep(place);
  const made = await mkdtemp(`${place}.new-`);
  await chmod(made, 0o755); // mkdtemp's are for one user alone
  try {
    await fill(made);
    for (;;) {
      const old = await setAside(place);
      try {
        return await rename(made, place);
      } catch (error) {
        // Another process put its own there in between.
        if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      } finally {
        if (old) await rm(old, { recursive: true, force: true });
      }
    }
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

/** Takes a folder away all at once. Returns whether there was one. */
export async function removeFolder(place: string): Promise<boolean> {
  const old = await setAside(place);
  if (old) await rm(old, { recursive: true, force: true });
  return old !== undefined;
}

async function setAside(place: string): Promise<string | undefined> {
  const old = `${place}.old-${randomUUID()}`;
  try {
    await rename(place, old);
    return old;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Removes what processes left that ended in the middle; a day later, since others may be at work. */
async function sweep(place: string): Promise<void> {
  for (const name of await readdir(dirname(place))) {
    if (!name.startsWith(`${basename(place)}.new-`) && !name.startsWith(`${basename(place)}.old-`)) continue;
    const left = join(dirname(place), name);
    const written = (await stat(left).catch(() => undefined))?.mtimeMs ?? Number.POSITIVE_INFINITY;
    if (Date.now() - written > 24 * hours) await rm(left, { recursive: true, force: true });
  }
}
