import type { Study } from './study.js';

/**
 * The report's sizes: 1500 epochs for its recognisers and 500 for its autoencoders, which get batches of 64 and Adam at
 * its customary rate. It names neither folds nor seeds: five and three are ours.
 */
export const paper: Study = {
  name: 'paper',
  purpose: "the report's sizes: 1500 epochs, 500 for autoencoders, features from 44.1 kHz; days on a GPU",
  unlabelled: ['synthetic:1'],
  preset: 'paper',
  recognisers: { epochs: 1500, learningRate: 1e-3, schedule: 'constant' },
  autoencoders: { epochs: 500, batchSize: 64, learningRate: 1e-3, schedule: 'constant' },
  autoencoderWidth: 1,
  folds: [0, 1, 2, 3, 4],
  seeds: [1, 2, 3],
};
