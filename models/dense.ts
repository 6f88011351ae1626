import { layers } from '@tensorflow/tfjs-layers';
import { glorot } from './lflb.js';

/** A dense layer whose initial weights hang on the model's seed and its name. */
export const dense = (
  name: string,
  units: number,
  seed: number,
  activation: 'linear' | 'relu' | 'softmax' = 'linear',
): layers.Layer => layers.dense({ units, activation, kernelInitializer: glorot(seed, name), name });
