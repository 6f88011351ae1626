import { readFile } from 'node:fs/promises';

/** Of the package that this is a part of; the compiled file lies in dist/inference/server. */
export async function packageVersion(): Promise<string> {
  const text = await readFile(new URL('../../../package.json', import.meta.url), 'utf8');
  return JSON.parse(text).version;
}
