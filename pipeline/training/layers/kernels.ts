import * as tf from '@tensorflow/tfjs-core';

/**
 * Kernels that a backend may register besides tfjs' own, each of which does in one pass what tfjs takes apart. Where the
 * active backend has none of that name, the layer computes as the stock one does.
 */
export const fusedKernels = {
  /** inputs x (rows, 1, 1, channels) or (n, h, w, channels), gamma, beta; attribute epsilon → y, mean, variance, …saved */
  batchNorm: 'SerkitBatchNorm',
  /** inputs dy, x, gamma, mean, variance, saved0…; attribute epsilon → dx, dgamma, dbeta */
  batchNormGradient: 'SerkitBatchNormGradient',
  /** input x (n, h, w, channels); attributes size, strides, pad → y, argmax in a form of the backend's own */
  maxPool: 'SerkitMaxPool',
  /** inputs dy, x, argmax; attributes as above → dx */
  maxPoolGradient: 'SerkitMaxPoolGradient',
  /** input x; attributes rate 0…1, seed (two int32) → y, mask: 1 / (1 − rate) where kept, 0 where dropped */
  dropout: 'SerkitDropout',
  /** inputs x (n, features), h (n, units), wRu (features + units, 2 units), wC, bRu, bC → r, u, c, h, each (n, units) */
  gruStep: 'SerkitGruStep',
  /** inputs as above, r, u, c and dh → dx, dh, dc before its tanh, d(r, u) before their sigmoid */
  gruStepGradient: 'SerkitGruStepGradient',
} as const;

export type FusedKernel = (typeof fusedKernels)[keyof typeof fusedKernels];

/** Whether the active backend has that kernel. */
export function hasKernel(name: FusedKernel): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

/** Runs a kernel that `hasKernel` has answered for. */
export function runKernel(name: FusedKernel, inputs: Record<string, tf.Tensor>, attributes: object = {}): tf.Tensor[] {
  return [tf.engine().runKernel(name, inputs, attributes as tf.NamedAttrMap)].flat() as tf.Tensor[];
}
