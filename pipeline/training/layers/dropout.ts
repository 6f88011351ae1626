import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { inTraining } from './in-training.js';
import { fusedKernels, hasKernel, runKernel } from './kernels.js';
import { randomMask } from './random-mask.js';

/** A layer that draws masks. A checkpoint keeps `step`, so that a resumed run draws the masks it would have drawn. */
export interface MaskedLayer {
  name: string;
  seed: number;
  /** Masks drawn so far. */
  step: number;
}

/**
 * Dropout whose masks differ from step to step and repeat from run to run, decided by `seed`, the layer's name and the
 * step. The stock layer offers one or the other: with a seed it starts its generator anew at each call and drops the same
 * units for ever, without one no run can be repeated.
 */
export function seedDropout(layer: layers.Layer, seed: number): MaskedLayer {
  const { rate } = layer as layers.Layer & { rate: number };
  const masked: MaskedLayer = { name: layer.name, seed, step: 0 };
  inTraining(layer, (x) => {
    const pair: [number, number] = [hash(`${masked.seed}/${layer.name}`), masked.step++];
    return rate === 0 ? x : dropout(x, rate, pair);
  });
  return masked;
}

function dropout(x: tf.Tensor, rate: number, seed: [number, number]): tf.Tensor {
  if (!hasKernel(fusedKernels.dropout)) return tf.mul(x, tf.tensor(randomMask(x.size, rate, seed), x.shape));
  const drop = tf.customGrad((input, save) => {
    const [y, mask] = runKernel(fusedKernels.dropout, { x: input as tf.Tensor }, { rate, seed });
    (save as tf.GradSaveFunc)([mask]);
    return { value: y, gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => tf.mul(dy, saved) };
  });
  return drop(x);
}

/** FNV-1a, 32 bits, as a signed integer. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ character.charCodeAt(0), 0x01000193);
  return value | 0;
}
