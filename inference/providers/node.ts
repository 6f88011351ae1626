import * as ort from 'onnxruntime-node';
import type { LoadedModel } from '../loaded-model.js';
import { sessionError, toLoadedModel } from './session.js';

/** Execution providers that can be named in Node; `auto` is the CPU. */
export const providers = ['auto', 'cpu', 'cuda', 'webgpu'] as const;

export type Provider = (typeof providers)[number];

export interface OpenOptions {
  provider: Provider;
  /** Threads of one run on the CPU. Default: onnxruntime's choice, one for each core. */
  threads?: number;
  /** Name of the attention's output. */
  attention?: string;
}

/**
 * A model's session by onnxruntime-node.
 *
 * @param name of the file, for messages
 * @throws Error where the provider does not work here, RangeError where the file takes or gives something else than one
 *   tensor each: one line that names the file
 */
export async function openNode(bytes: Uint8Array, name: string, options: OpenOptions): Promise<LoadedModel> {
  const { provider: wanted, threads, attention } = options;
  const provider = wanted === 'auto' ? 'cpu' : wanted;
  const diagnostics = [wanted === 'auto' ? 'auto: cpu, which every machine has' : `${provider}: named by the caller`];
  const session = await createSession(bytes, name, provider, threads);
  return toLoadedModel(session, ort.Tensor, name, { provider, diagnostics, attention });
}

async function createSession(
  bytes: Uint8Array,
  name: string,
  provider: Exclude<Provider, 'auto'>,
  threads?: number,
): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(bytes, {
      executionProviders: [provider],
      ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    });
  } catch (error) {
    throw sessionError(error, name, provider, 'cpu');
  }
}

/** Execution providers that the installed onnxruntime-node brings; `cpu` always works, the others need their device. */
export const listSupportedBackends = (): string[] => ort.listSupportedBackends().map(({ name }) => name);
