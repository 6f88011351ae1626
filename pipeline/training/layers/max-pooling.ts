import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { inTraining } from './in-training.js';
import { fusedKernels, hasKernel, runKernel } from './kernels.js';

/** What is read of tfjs' MaxPooling2D, whose class is not exported. */
interface MaxPooling2D extends layers.Layer {
  readonly poolSize: [number, number];
  readonly strides: [number, number];
  readonly padding: 'same' | 'valid';
  readonly dataFormat: 'channelsFirst' | 'channelsLast';
}

/**
 * Max pooling that remembers where each maximum was, so that its gradient goes straight there instead of looking for it
 * again (which takes TensorFlow five times as long). Of equal values the first gets the gradient, as in tfjs.
 */
export function fuseMaxPooling(layer: layers.Layer): boolean {
  const { poolSize, strides, padding, dataFormat } = layer as MaxPooling2D;
  if (dataFormat === 'channelsFirst' || !hasKernel(fusedKernels.maxPool)) return false;
  const attributes = { size: poolSize, strides, pad: padding };
  const pool = tf.customGrad((x, save) => {
    const [y, argmax] = runKernel(fusedKernels.maxPool, { x: x as tf.Tensor }, attributes);
    (save as tf.GradSaveFunc)([x as tf.Tensor, argmax]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, [savedX, savedArgmax]: tf.Tensor[]) =>
        runKernel(fusedKernels.maxPoolGradient, { dy, x: savedX, argmax: savedArgmax }, attributes)[0],
    };
  });
  inTraining(layer, pool);
  return true;
}
