import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Recognizer } from './classifier.js';
import { readModelMetadata } from './model-file.js';
import { assertSize, fromAddress, fromMemory, type InMemory, type NamedBytes } from './model-source.js';
import { openNode, type Provider, providers } from './providers/node.js';

export type { ChunkAttention, Classification, Clip, Timings } from './answers.js';
export type { ClassifyOptions, Recognizer } from './classifier.js';
export { decodeAudio } from './decode-audio.js';
export { encodeModelMetadata, type ModelMetadata, readModelMetadata } from './model-file.js';
export type { InMemory } from './model-source.js';
export type { Diagnostic } from './providers/diagnostic.js';
export { listSupportedBackends, type Provider, providers } from './providers/node.js';
export { defaultSpeechGate, type SpeechGate } from './streaming/speech-gate.js';
export type { StreamOptions, StreamResult } from './streaming/stream.js';
export type { VoiceActivityMode } from './streaming/voice-activity.js';
export type { WindowOptions } from './streaming/windows.js';
export type { Moment, TimelineOptions } from './timeline.js';

/** How `load` is to open a model file. */
export interface LoadOptions {
  /** Default `auto`. One that is named and does not work is an error, never replaced. */
  provider?: Provider;
  /** Threads of one run on the CPU. Default: onnxruntime's choice, one for each core. */
  threads?: number;
  /** Ends a download. */
  signal?: AbortSignal;
}

/**
 * A recognizer from one `.onnx` file written by `serkit export`, whether it takes features or a waveform; the file says
 * everything else.
 *
 * @param source - its path, its address (file:, http: or https:, as a URL or a string), or its bytes; up to 2 GiB
 * @example
 * ```ts
 * import { load } from 'serkit';
 *
 * const recognizer = await load('emotions.onnx');
 * const { label, probabilities } = await recognizer.classify(samples, { sampleRateHz: 16_000 });
 * await recognizer.dispose();
 * ```
 * @throws Error where the file cannot be read or the provider does not work here, and as `readModelMetadata` does: one
 *   line that names the file
 */
export async function load(source: string | URL | InMemory, options: LoadOptions = {}): Promise<Recognizer> {
  const { provider = 'auto', threads, signal } = options;
  if (!providers.includes(provider))
    throw new RangeError(`provider "${provider}" is unknown (supported: ${providers.join(', ')})`);
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1))
    throw new RangeError(`threads ${threads} is not supported (supported: 1 and up)`);
  const { bytes, name } = await read(source, signal);
  const metadata = readModelMetadata(bytes, name);
  const model = await openNode(bytes, name, { provider, threads, attention: metadata.attention?.output });
  try {
    return new Recognizer(model, metadata, name);
  } catch (error) {
    await model.release();
    throw error;
  }
}

async function read(source: string | URL | InMemory, signal?: AbortSignal): Promise<NamedBytes> {
  if (typeof source !== 'string' && !(source instanceof URL)) return fromMemory(source);
  if (/^https?:/i.test(String(source))) return fromAddress(String(source), signal);
  const path = /^file:/i.test(String(source)) ? fileURLToPath(source) : String(source);
  try {
    const { size } = await stat(path);
    assertSize(size, path);
    return { bytes: await readFile(path, { signal }), name: path };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof RangeError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`;
    throw new Error(`${path}: ${reason}; supported: .onnx files from \`serkit export\``, { cause: error });
  }
}
