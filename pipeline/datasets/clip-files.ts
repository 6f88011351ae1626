import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Clip, Corpus } from './corpus.js';

/** What a file must end in to be taken for a clip, in lower or upper case. */
export const clipExtensions: readonly string[] = ['.wav', '.flac', '.mp3', '.ogg', '.opus'];

/** What a parser reads out of a clip's name or row; a reason where it is not a clip of the corpus. */
export type Description = Pick<Clip, 'label' | 'speaker' | 'gender' | 'intensity' | 'statement'> | { reason: string };

type ClipsAndProblems = Pick<Corpus, 'clips' | 'problems'>;

const filesAtOnce = 32;

/**
 * Every clip below `folder`, at any depth: paths relative to it with `/`, sorted by code unit, so the same on every
 * machine. Hidden files are passed over, linked folders followed once.
 * Throws a one-line Error where the folder is missing, cannot be read, or holds no clip.
 */
export async function findClips(folder: string): Promise<string[]> {
  const found: string[] = [];
  const visited = new Set<string>();
  const visit = async (below: string): Promise<void> => {
    const path = join(folder, below);
    const entries = await listFolder(path);
    const real = await realpath(path);
    if (visited.has(real)) return;
    visited.add(real);
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const relative = below === '' ? entry.name : `${below}/${entry.name}`;
      if (await isFolder(join(folder, relative), entry)) await visit(relative);
      else if (clipExtensions.includes(extname(entry.name).toLowerCase())) found.push(relative);
    }
  };
  await visit('');
  if (found.length === 0)
    throw new Error(`${folder}: no clips in this folder (supported: ${clipExtensions.join(', ')})`);
  return found.sort(byCodeUnit);
}

/** Order of two strings that no locale changes. */
export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function listFolder(path: string) {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    throw new Error(`${path}: ${whyUnreadable(error, 'folder')}`);
  }
}

async function isFolder(path: string, entry: { isDirectory(): boolean; isSymbolicLink(): boolean }): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  const target = await stat(path).catch(() => undefined); // a link to nowhere is reported when its bytes are read
  return target?.isDirectory() ?? false;
}

/** Why the system would not let a file or folder be read, in words: `no such folder`, `no permission to read it`. */
export function whyUnreadable(error: unknown, kind: 'file' | 'folder'): string {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  const reasons: Record<string, string> = {
    ENOENT: `no such ${kind}`,
    ENOTDIR: 'not a folder',
    EISDIR: 'a folder, not a file',
    EACCES: 'no permission to read it',
    EPERM: 'no permission to read it',
  };
  return reasons[code] ?? `cannot be read (${code})`;
}

/**
 * Describes and hashes the files: clips in the order given, and a problem for each file that is not one. The audio
 * is not decoded, so a file with a sound name and unsound content is found out by `loadClip`.
 *
 * `files` are relative to `folder` and become the clips' ids.
 */
export async function collectClips(
  folder: string,
  files: readonly string[],
  describe: (file: string) => Description,
): Promise<ClipsAndProblems> {
  const clips: Clip[] = [];
  const problems: { file: string; reason: string }[] = [];
  for (let start = 0; start < files.length; start += filesAtOnce) {
    const batch = files.slice(start, start + filesAtOnce);
    for (const outcome of await Promise.all(batch.map((file) => collectClip(folder, file, describe(file)))))
      if ('reason' in outcome) problems.push(outcome);
      else clips.push(outcome);
  }
  return { clips, problems };
}

async function collectClip(
  folder: string,
  id: string,
  description: Description,
): Promise<Clip | { file: string; reason: string }> {
  if ('reason' in description) return { file: id, reason: description.reason };
  const path = join(folder, id);
  try {
    const bytes = await readFile(path);
    if (bytes.length === 0) return { file: id, reason: 'empty file' };
    const contentHash = createHash('sha256').update(bytes).digest('hex');
    return { id, source: { kind: 'file', path }, ...description, contentHash };
  } catch (error) {
    return { file: id, reason: whyUnreadable(error, 'file') };
  }
}
