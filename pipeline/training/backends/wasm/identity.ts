import * as tf from '@tensorflow/tfjs-core';
import { registerWasmKernel } from './heap.js';

/** A clone that shares the memory of what it was cloned from, as on every other backend; tfjs' own copies it here. */
export function registerIdentity(): void {
  registerWasmKernel(tf.Identity, ({ inputs: { x }, backend }) => {
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  });
}
