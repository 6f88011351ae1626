import { Recognizer } from './classifier.js';
import { readModelMetadata } from './model-file.js';
import { fromAddress, fromMemory, type InMemory } from './model-source.js';
import { openWeb, type WebProvider, webProviders } from './providers/web.js';

export type { ChunkAttention, Classification, Clip, Timings } from './answers.js';
export type { ClassifyOptions, Recognizer } from './classifier.js';
export { decodeAudio } from './decode-audio.js';
export { type ModelMetadata, readModelMetadata } from './model-file.js';
export type { InMemory } from './model-source.js';
export type { Diagnostic } from './providers/diagnostic.js';
export { type WebProvider as Provider, webProviders as providers } from './providers/web.js';
export { defaultSpeechGate, type SpeechGate } from './streaming/speech-gate.js';
export type { StreamOptions, StreamResult } from './streaming/stream.js';
export type { VoiceActivityMode } from './streaming/voice-activity.js';
export type { WindowOptions } from './streaming/windows.js';
export type { Moment, TimelineOptions } from './timeline.js';

/** How `load` is to open a model file. */
export interface LoadOptions {
  /** Default `auto`. One that is named and does not work is an error, never replaced. */
  provider?: WebProvider;
  /**
   * Threads of one run on wasm. There are several only where the page is cross-origin isolated (it is served with
   * `Cross-Origin-Opener-Policy: same-origin` and `Cross-Origin-Embedder-Policy: require-corp`). The first `load` of a
   * page decides. Default: half the cores, at most 4.
   */
  threads?: number;
  /**
   * Folder where onnxruntime-web's `.wasm` and `.mjs` files lie, an address with a slash at its end. Default: where the
   * bundler put them, beside the code.
   */
  wasmPaths?: string;
  /** Ends a download. */
  signal?: AbortSignal;
}

/**
 * A recognizer in a browser, a worker of one included, from one `.onnx` file written by `serkit export`, whether it takes
 * features or a waveform; the file says everything else. Needs the package onnxruntime-web.
 *
 * @param source - its address, absolute or relative to the page, its bytes, or a Blob or File; up to 2 GiB
 * @example
 * ```ts
 * import { decodeAudio, load } from 'serkit/web';
 *
 * const recognizer = await load('/models/emotions.onnx');
 * const [file] = input.files;
 * const { samples, sampleRateHz } = await decodeAudio(new Uint8Array(await file.arrayBuffer()), file.name);
 * const { label, probabilities } = await recognizer.classify(samples, { sampleRateHz });
 * ```
 * @throws Error where the file cannot be fetched or the provider does not work here, and as `readModelMetadata` does: one
 *   line that names the file
 */
export async function load(source: string | URL | InMemory, options: LoadOptions = {}): Promise<Recognizer> {
  const { provider = 'auto', threads, wasmPaths, signal } = options;
  if (!webProviders.includes(provider))
    throw new RangeError(`provider "${provider}" is unknown (supported: ${webProviders.join(', ')})`);
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1))
    throw new RangeError(`threads ${threads} is not supported (supported: 1 and up)`);
  const inMemory = typeof source !== 'string' && !(source instanceof URL);
  const { bytes, name } = await (inMemory ? fromMemory(source) : fromAddress(String(source), signal));
  const metadata = readModelMetadata(bytes, name);
  const model = await openWeb(bytes, name, { provider, threads, wasmPaths, attention: metadata.attention?.output });
  try {
    return new Recognizer(model, metadata, name);
  } catch (error) {
    await model.release();
    throw error;
  }
}
