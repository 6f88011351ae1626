import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from './backend.js';

/** tfjs' plain JavaScript kernels: everywhere, and some thirty times slower than wasm. */
export const cpu: Backend = {
  name: 'cpu',
  description: 'plain JavaScript',
  mend: 'npm install @tensorflow/tfjs-backend-cpu',
  async open() {
    await import('@tensorflow/tfjs-backend-cpu');
    if (!(await tf.setBackend('cpu'))) throw new Error('the cpu backend did not start');
  },
};
