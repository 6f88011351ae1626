import * as tf from '@tensorflow/tfjs-core';
import { type Backend, backendFacts } from '../backend.js';
import { processor } from '../processor.js';
import { registerBatchNormalization } from './batch-normalization.js';
import { registerConvolutionGradients } from './convolution-gradients.js';
import { registerDropout } from './dropout.js';
import type { WasmBackend } from './heap.js';
import { registerIdentity } from './identity.js';
import { loadKernels } from './kernels.js';
import { registerMaxPooling } from './max-pooling.js';
import { checkAllocations, explainTraps } from './out-of-memory.js';

/**
 * tfjs' WebAssembly kernels on one thread, with the gradients that it lacks or gets wrong and our own kernels (assembly/)
 * for what it does slowly: needs Node and nothing else.
 */
export const wasm: Backend = {
  name: 'wasm',
  ...backendFacts.wasm,
  async open() {
    await import('@tensorflow/tfjs-backend-wasm');
    if (!(await tf.setBackend('wasm'))) throw new Error('the wasm backend did not start');
    const backend = tf.backend() as unknown as WasmBackend;
    await loadKernels(backend);
    checkAllocations(backend);
    explainTraps(); // before ours stand in the place of tfjs' kernels
    registerConvolutionGradients();
    registerBatchNormalization();
    registerMaxPooling();
    registerDropout();
    registerIdentity();
    return processor('one core');
  },
  mend: async () => 'npm install --ignore-scripts @tensorflow/tfjs-backend-wasm',
};
