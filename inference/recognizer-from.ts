import { Recognizer } from './classifier.js';
import type { LoadedModel } from './loaded-model.js';
import { readModelMetadata } from './model-file.js';
import type { NamedBytes } from './model-source.js';

/**
 * What `load` of every entry does once it has the bytes.
 *
 * @param open makes a session; `attention` is the name of that output, where the metadata name one
 * @throws as `readModelMetadata`, `open` and the recognizer's constructor do; nothing stays open then
 */
export async function recognizerFrom(
  { bytes, name }: NamedBytes,
  open: (bytes: Uint8Array, name: string, attention: string | undefined) => Promise<LoadedModel>,
): Promise<Recognizer> {
  const metadata = readModelMetadata(bytes, name);
  const model = await open(bytes, name, metadata.attention?.output);
  try {
    return new Recognizer(model, metadata, name);
  } catch (error) {
    await model.release();
    throw error;
  }
}

/** @throws RangeError for a provider or a number of threads that is not supported */
export function assertOptions(
  { provider, threads }: { provider: string; threads?: number },
  providers: readonly string[],
): void {
  if (!providers.includes(provider))
    throw new RangeError(`provider "${provider}" is unknown (supported: ${providers.join(', ')})`);
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1))
    throw new RangeError(`threads ${threads} is not supported (supported: 1 and up)`);
}
