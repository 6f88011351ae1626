import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { changeSince, type Fingerprint, fingerprint, fingerprintSchema } from './fingerprint.js';
import { replaceFolder } from './replace-folder.js';

/** Native libraries in the user's cache folder, and what their files are. */
export interface CachedLibraries {
  folder: string;
  files: Fingerprint;
}

const record = 'serkit-files.json';

/**
 * A folder of native libraries in the user's cache folder, fetched where it is not there or is not whole: the libraries'
 * checksums are kept beside them, so that a damaged cache is noticed and fetched again.
 *
 * @param name of the folder
 * @param title for people
 * @param fetchInto puts the files into a folder
 */
export async function cachedLibraries(
  name: string,
  title: string,
  fetchInto: (folder: string) => Promise<void>,
  onStep: (line: string) => void,
): Promise<CachedLibraries> {
  const folder = join(envPaths('serkit', { suffix: '' }).cache, name);
  const whole = await wholeFiles(folder);
  if (whole) {
    onStep(`${title} is in ${folder}`);
    return { folder, files: whole };
  }
  await replaceFolder(folder, async (scratch) => {
    await fetchInto(scratch);
    onStep('checksums');
    const all = await readdir(scratch, { recursive: true });
    const libraries = all.filter((file) => /\.(so(\.\d+)*|dylib)$/.test(file));
    await writeFile(join(scratch, record), JSON.stringify(await fingerprint(scratch, libraries), null, 2));
  });
  const files = await wholeFiles(folder);
  if (!files) throw new Error(`${folder} was changed while it was made; try again`);
  return { folder, files };
}

/** What the files are, where they are what they were when they were fetched. */
async function wholeFiles(folder: string): Promise<Fingerprint | undefined> {
  try {
    const files = fingerprintSchema.parse(JSON.parse(await readFile(join(folder, record), 'utf8')));
    return (await changeSince(folder, files, { thorough: true })) ? undefined : files;
  } catch {
    return undefined;
  }
}
