import * as tf from '@tensorflow/tfjs-core';
import { type Backend, backendFacts } from './backend.js';
import { processor } from './processor.js';

/** tfjs' plain JavaScript kernels: everywhere, and some thirty times slower than wasm. */
export const cpu: Backend = {
  name: 'cpu',
  ...backendFacts.cpu,
  async open() {
    await import('@tensorflow/tfjs-backend-cpu');
    if (!(await tf.setBackend('cpu'))) throw new Error('the cpu backend did not start');
    return processor('one core');
  },
  mend: async () => 'npm install --ignore-scripts @tensorflow/tfjs-backend-cpu',
};
