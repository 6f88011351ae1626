import { readFile } from 'node:fs/promises';
import { Recognizer } from './classifier.js';
import { readModelMetadata } from './model-file.js';
import { openNode, type Provider, providers } from './providers/node.js';

export type { ChunkAttention, Classification, Recognizer } from './classifier.js';
export { encodeModelMetadata, type ModelMetadata, readModelMetadata } from './model-file.js';
export { listSupportedBackends, type Provider, providers } from './providers/node.js';

export interface LoadOptions {
  /** Default `auto`. One that is named and does not work is an error, never replaced. */
  provider?: Provider;
  /** Threads of one run on the CPU. Default: onnxruntime's choice, one for each core. */
  threads?: number;
}

/**
 * A recognizer from one `.onnx` file written by `serkit export`; the file says everything else.
 *
 * @param file its path, or its bytes
 * @example
 * const recognizer = await load('emotions.onnx');
 * const { label, probabilities } = await recognizer.classify(samples, { sampleRateHz: 16_000 });
 * await recognizer.dispose();
 *
 * @throws Error where the file cannot be read or the provider does not work here, and as `readModelMetadata` does: one
 *   line that names the file
 */
export async function load(file: string | Uint8Array, options: LoadOptions = {}): Promise<Recognizer> {
  const { provider = 'auto', threads } = options;
  if (!providers.includes(provider))
    throw new RangeError(`provider "${provider}" is unknown (supported: ${providers.join(', ')})`);
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1))
    throw new RangeError(`threads ${threads} is not supported (supported: 1 and up)`);
  const name = typeof file === 'string' ? file : 'model';
  const bytes = typeof file === 'string' ? await read(file) : file;
  const metadata = readModelMetadata(bytes, name);
  const model = await openNode(bytes, name, { provider, threads, attention: metadata.attention?.output });
  try {
    return new Recognizer(model, metadata, name);
  } catch (error) {
    await model.release();
    throw error;
  }
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`;
    throw new Error(`${path}: ${reason}; supported: .onnx files from \`serkit export\``, { cause: error });
  }
}
