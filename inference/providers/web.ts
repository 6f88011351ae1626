import type * as Ort from 'onnxruntime-web';
import type { LoadedModel } from '../loaded-model.js';
import { sessionError, toLoadedModel } from './session.js';

/** Execution providers that can be named in a browser; `auto` is wasm. */
export const webProviders = ['auto', 'wasm', 'webgpu'] as const;

export type WebProvider = (typeof webProviders)[number];

export interface OpenWebOptions {
  provider: WebProvider;
  /** Threads of one run on wasm, where the page is cross-origin isolated; elsewhere there is one. */
  threads?: number;
  /** Folder of onnxruntime-web's .wasm and .mjs files, with a slash at its end. */
  wasmPaths?: string;
  /** Name of the attention's output. */
  attention?: string;
}

/**
 * A model's session by onnxruntime-web.
 *
 * @param name of the file, for messages
 * @throws Error where the provider does not work here, RangeError where the file takes or gives something else than one
 *   tensor each: one line that names the file
 */
export async function openWeb(bytes: Uint8Array, name: string, options: OpenWebOptions): Promise<LoadedModel> {
  const { provider: wanted, threads, wasmPaths, attention } = options;
  const provider = wanted === 'auto' ? 'wasm' : wanted;
  const diagnostics = [wanted === 'auto' ? 'auto: wasm, which every browser has' : `${provider}: named by the caller`];
  return oneAtATime(async () => {
    try {
      const ort: typeof Ort = await (provider === 'webgpu'
        ? import('onnxruntime-web/webgpu')
        : import('onnxruntime-web/wasm'));
      if (wasmPaths !== undefined) ort.env.wasm.wasmPaths = wasmPaths;
      ort.env.wasm.numThreads = Reflect.get(globalThis, 'crossOriginIsolated') === true ? threads : 1;
      const session = await ort.InferenceSession.create(bytes, { executionProviders: [provider] });
      const model = await toLoadedModel(session, ort.Tensor, name, { provider, diagnostics, attention });
      return {
        ...model,
        run: (values, shape) => oneAtATime(() => model.run(values, shape)),
        release: () => oneAtATime(() => model.release()),
      };
    } catch (error) {
      if (error instanceof RangeError) throw error;
      throw sessionError(error, name, provider, 'wasm');
    }
  });
}

let last: Promise<unknown> = Promise.resolve();

/** A page's wasm runtime does one thing at a time, over all its sessions: what is asked meanwhile waits. */
function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const turn = last.then(work);
  last = turn.catch(() => undefined);
  return turn;
}
