import { readFile } from 'node:fs/promises';
import { createServer, type ServerOptions } from '../../inference/server/index.js';

export interface ServeOptions extends ServerOptions {
  /** A file with one API key a line; lines that begin with # are for people. */
  apiKeysFile?: string;
}

/** What a server that listens tells of itself. */
export interface Serving {
  address: string;
  models: { name: string; version: string; labels: readonly string[] }[];
}

/**
 * Serves models until the signal says to end, and then finishes what it took. SIGHUP has it look at the model files. API
 * keys come from a file or from SERKIT_API_KEYS (separated by commas or spaces), never from the command line, which
 * everybody on the machine can read.
 *
 * @param listening is told as soon as requests are answered
 * @throws as `createServer` does, and Error for a file of keys that cannot be read or holds none
 */
export async function serve(
  { apiKeysFile, ...options }: ServeOptions,
  signal: AbortSignal,
  listening: (serving: Serving) => void,
): Promise<void> {
  const server = await createServer({ ...options, apiKeys: await apiKeys(apiKeysFile) });
  const reload = () => void server.reload();
  process.on('SIGHUP', reload);
  try {
    const address = await server.listen();
    const models = server.context.models.all.map(({ name, version, metadata: { labels } }) => ({
      name,
      version,
      labels,
    }));
    listening({ address, models });
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  } finally {
    await server.close();
    process.off('SIGHUP', reload);
  }
}

async function apiKeys(file?: string): Promise<string[]> {
  const fromEnvironment = (process.env.SERKIT_API_KEYS ?? '').split(/[\s,]+/).filter((key) => key !== '');
  if (file === undefined) return fromEnvironment;
  const text = await readFile(file, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
    throw new Error(`${file}: cannot be read (${code}); supported: a text file with one API key a line`);
  });
  const lines = text.split('\n').map((line) => line.trim());
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (keys.length === 0) throw new Error(`${file}: holds no key; supported: a text file with one API key a line`);
  return [...keys, ...fromEnvironment];
}
