import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

/** What files were when they were put where they are, by their path in a folder. */
export const fingerprintSchema = z.record(
  z.string(),
  z.object({ bytes: z.number(), modified: z.iso.datetime(), sha256: z.hex().length(64) }),
);
export type Fingerprint = z.infer<typeof fingerprintSchema>;

/** Reads the files through: some seconds a gigabyte. */
export async function fingerprint(folder: string, files: readonly string[]): Promise<Fingerprint> {
  const entries = files.map(async (file) => [file, await fingerprintOf(join(folder, file))] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/**
 * The first file that is not what it was, as `FILE is gone` or `FILE has changed`; undefined where all are. A file of the
 * same size and time is not read again, unless `thorough`.
 */
export async function changeSince(
  folder: string,
  before: Fingerprint,
  { thorough }: { thorough: boolean },
): Promise<string | undefined> {
  for (const [file, { bytes, modified, sha256 }] of Object.entries(before)) {
    const path = join(folder, file);
    const now = await stat(path).catch(() => undefined);
    if (!now) return `${path} is gone`;
    const untouched = now.size === bytes && now.mtime.toISOString() === modified;
    if (untouched && !thorough) continue;
    if (now.size !== bytes || (await sha256Of(path)) !== sha256) return `${path} has changed`;
  }
  return undefined;
}

async function fingerprintOf(path: string) {
  const { size, mtime } = await stat(path);
  return { bytes: size, modified: mtime.toISOString(), sha256: await sha256Of(path) };
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
