import * as tl from '@tensorflow/tfjs-layers';
import { cnnLstm } from '../../models/cnn-lstm.js';

const { layers } = tl;

/** The report's 2D CNN (its table 4): 277,768 parameters for 8 classes and an input of 60 × 216 × 1. */
export function reportCnn(): tl.Sequential {
  const model = tl.sequential({ name: 'cnn' });
  const blocks = [
    { filters: 64, pool: 2 },
    { filters: 64, pool: 4 },
    { filters: 128, pool: 4 },
    { filters: 128, pool: 4 },
  ];
  for (const [i, { filters, pool }] of blocks.entries()) {
    const first = i === 0 ? { inputShape: [60, 216, 1] } : {};
    model.add(layers.conv2d({ name: `conv${i + 1}`, filters, kernelSize: 3, padding: 'same', ...first }));
    model.add(layers.batchNormalization({ name: `bn${i + 1}` }));
    model.add(layers.activation({ name: `elu${i + 1}`, activation: 'elu' }));
    model.add(layers.maxPooling2d({ name: `pool${i + 1}`, poolSize: pool, strides: pool, padding: 'same' }));
    model.add(layers.dropout({ name: `dropout${i + 1}`, rate: 0.3 }));
  }
  model.add(layers.flatten({ name: 'flatten' }));
  model.add(layers.dense({ name: 'hidden', units: 64 }));
  model.add(layers.dropout({ name: 'dropout5', rate: 0.5 }));
  model.add(layers.batchNormalization({ name: 'bn5' }));
  model.add(layers.activation({ name: 'relu', activation: 'relu' }));
  model.add(layers.dropout({ name: 'dropout6', rate: 0.5 }));
  model.add(layers.dense({ name: 'output', units: 8, activation: 'softmax' }));
  return model;
}

/** The report's CNN + LSTM as it is trained: 787,912 parameters for 8 classes and an input of 2 × 60 × 216 × 1. */
export const reportCnnLstm = (): tl.LayersModel =>
  cnnLstm.build({ shape: [2, 60, 216], labels: 8, seed: 1 }, cnnLstm.defaults);
