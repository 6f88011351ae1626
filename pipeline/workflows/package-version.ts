import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** This package's version; the compiled file lies in dist/pipeline/workflows. */
export async function packageVersion(): Promise<string> {
  const path = join(import.meta.dirname, '..', '..', '..', 'package.json');
  return JSON.parse(await readFile(path, 'utf8')).version;
}
