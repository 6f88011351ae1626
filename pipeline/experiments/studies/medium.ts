import type { Study } from './study.js';

/** Full architectures on RAVDESS from 16 kHz, for as many epochs as some hours on two cores hold. */
export const medium: Study = {
  name: 'medium',
  purpose: "the report's architectures for a few epochs, features from 16 kHz; hours",
  unlabelled: ['synthetic:1'],
  preset: 'paper-16k',
  recognisers: { epochs: 3, learningRate: 3e-3, schedule: 'one-cycle' },
  autoencoders: { epochs: 15, batchSize: 64, learningRate: 1e-3 },
  autoencoderWidth: 1,
  folds: [0, 1],
  seeds: [1],
};
