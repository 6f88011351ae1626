import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from '../backend.js';
import { registerTensorflowKernels } from './kernels.js';

/** Native TensorFlow through tfjs-node-gpu, whose addon `serkit link tensorflow` links to the one that pip ships. */
export const tensorflow: Backend = {
  name: 'tensorflow',
  description: 'native TensorFlow, all cores',
  mend: 'serkit link tensorflow',
  async open() {
    // TensorFlow announces its CPU features on stderr; warnings and errors stay. A caller's own setting is kept.
    process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';
    restoreRetiredNodeFunctions();
    try {
      await import('@tensorflow/tfjs-node-gpu');
    } catch (error) {
      throw new Error(reasonOf(error as NodeJS.ErrnoException));
    }
    registerTensorflowKernels();
    if (!(await tf.setBackend('tensorflow'))) throw new Error('TensorFlow was loaded and did not start');
  },
};

/** tfjs-node explains a missing addon in several lines; ours is one. */
function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND')
    return 'the package @tensorflow/tfjs-node-gpu is not installed';
  if (error.message.includes('native addon module')) return 'its addon is not linked to a TensorFlow';
  return error.message.split('\n')[0];
}

/** tfjs-node 4.22 calls two functions of `node:util` that Node 23 took away. */
function restoreRetiredNodeFunctions(): void {
  const functions = util as unknown as Record<string, unknown>;
  functions.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  functions.isArray ??= Array.isArray;
}
