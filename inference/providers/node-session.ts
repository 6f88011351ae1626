import * as ort from 'onnxruntime-node';
import { preloadCuda } from './node-cuda.js';
import { everyNodeThere } from './session.js';

/** Execution providers that can be named in Node, beside `auto`. */
export type NodeProvider = 'cpu' | 'cuda' | 'webgpu';

/** A session that runs on this provider alone. @throws Error as onnxruntime does */
export async function createSession(
  bytes: Uint8Array,
  provider: NodeProvider,
  threads?: number,
): Promise<ort.InferenceSession> {
  if (provider === 'cuda') preloadCuda();
  return ort.InferenceSession.create(bytes, {
    executionProviders: [provider],
    ...(threads !== undefined && { intraOpNumThreads: threads }),
    ...(provider !== 'cpu' && everyNodeThere),
  });
}
