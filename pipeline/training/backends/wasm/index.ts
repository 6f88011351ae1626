import * as tf from '@tensorflow/tfjs-core';
import { type Backend, backendFacts } from '../backend.js';
import { processor } from '../processor.js';
import { registerBatchNormalization } from './batch-normalization.js';
import { registerConvolutionGradients } from './convolution-gradients.js';
import { registerMaxPoolGradient } from './max-pool-gradient.js';
import { registerMaxPooling } from './max-pooling.js';

/** tfjs' WebAssembly kernels on one thread, with the convolution gradients that it lacks: needs Node and nothing else. */
export const wasm: Backend = {
  name: 'wasm',
  ...backendFacts.wasm,
  async open() {
    await import('@tensorflow/tfjs-backend-wasm');
    registerConvolutionGradients();
    registerBatchNormalization();
    registerMaxPooling();
    registerMaxPoolGradient();
    if (!(await tf.setBackend('wasm'))) throw new Error('the wasm backend did not start');
    return processor('one core');
  },
  mend: async () => 'npm install --ignore-scripts @tensorflow/tfjs-backend-wasm',
};
