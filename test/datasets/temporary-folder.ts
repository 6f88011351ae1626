import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Runs `use` on a new folder that holds these files (path → content), and removes it afterwards. */
export async function withFiles<T>(files: Record<string, string>, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'serkit-datasets-'));
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Clips by name alone, each with content of its own: opening a corpus decodes none of them. */
export const namedClips = (...paths: string[]): Record<string, string> =>
  Object.fromEntries(paths.map((path) => [path, `content of ${path}`]));
