import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { inTraining } from './in-training.js';
import { fusedKernels, hasKernel, runKernel } from './kernels.js';

/** What is read of tfjs' BatchNormalization, whose class is not exported. */
interface BatchNormalization extends layers.Layer {
  readonly axis: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly gamma?: LayerWeight;
  readonly beta?: LayerWeight;
  readonly movingMean: LayerWeight;
  readonly movingVariance: LayerWeight;
}
interface LayerWeight {
  read(): tf.Tensor;
  write(value: tf.Tensor): unknown;
}

/**
 * Batch normalisation over the last axis by one fused kernel, forward and backward, where tfjs takes it apart into some
 * forty. The same numbers (test/training/fused-layers.test.ts); layers of another axis, and those without gamma or beta,
 * stay as they are.
 *
 * @param offset a bias that the layer before adds in prediction only: subtracted with the mean, it can be left out of
 *   training altogether, but the moving mean must know it
 */
export function fuseBatchNormalization(layer: layers.Layer, offset?: () => tf.Tensor): boolean {
  const norm = layer as BatchNormalization;
  const rank = norm.inputSpec?.[0].ndim ?? 0;
  if (!norm.gamma || !norm.beta || (norm.axis !== -1 && norm.axis !== rank - 1)) return false;
  if (!hasKernel(fusedKernels.batchNorm)) return false;
  const normalise = tf.customGrad((x, gamma, beta, save) => {
    const attributes = { epsilon: norm.epsilon };
    const [y, mean, variance, ...forGradient] = runKernel(
      fusedKernels.batchNorm,
      { x: x as tf.Tensor, gamma: gamma as tf.Tensor, beta: beta as tf.Tensor },
      attributes,
    );
    move(norm.movingMean, offset ? tf.add(mean, offset()) : mean, norm.momentum);
    move(norm.movingVariance, variance, norm.momentum);
    (save as tf.GradSaveFunc)([x as tf.Tensor, gamma as tf.Tensor, mean, variance, ...forGradient]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [savedX, savedGamma, savedMean, savedVariance, ...rest] = saved;
        const inputs = { dy, x: savedX, gamma: savedGamma, mean: savedMean, variance: savedVariance };
        const others = Object.fromEntries(rest.map((tensor, i) => [`saved${i}`, tensor]));
        return runKernel(fusedKernels.batchNormGradient, { ...inputs, ...others }, attributes);
      },
    };
  });
  inTraining(layer, (x) => {
    const channels = x.shape[x.rank - 1];
    const rows = x.rank === 4 ? x : tf.reshape(x, [x.size / channels, 1, 1, channels]);
    const y = normalise(rows, norm.gamma!.read(), norm.beta!.read());
    return x.rank === 4 ? y : tf.reshape(y, x.shape);
  });
  return true;
}

/** A frozen layer normalises by its moving averages and leaves them alone, as Keras 2 does; tfjs' goes on moving them. */
export function respectFreezing(layer: layers.Layer): void {
  const call = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => call(inputs, { ...kwargs, training: kwargs?.training && layer.trainable });
}

function move(average: LayerWeight, value: tf.Tensor, momentum: number): void {
  tf.tidy(() => {
    const old = average.read();
    average.write(tf.sub(old, tf.mul(tf.sub(old, value), 1 - momentum)));
  });
}
