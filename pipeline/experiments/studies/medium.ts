import type { Study } from './study.js';

/**
 * Full architectures on RAVDESS from 16 kHz, for as many epochs as some hours on two cores hold. So few are no danger of
 * overfitting, and with the report's dropout nothing would be learnt in them (the CNN: UAR 23 % after three, 47 % with
 * this); batches are small and the rate goes through one cycle for the same reason.
 */
export const medium: Study = {
  name: 'medium',
  purpose: "the report's architectures for a few epochs, features from 16 kHz; hours",
  unlabelled: ['synthetic:1/1'],
  preset: 'paper-16k',
  recognisers: {
    epochs: 2,
    batchSize: 16,
    learningRate: 2e-3,
    schedule: 'one-cycle',
    modelOptions: { dropouts: [0.1, 0.1, 0.1, 0.1], denseDropout: 0.1, contextDropout: 0.1 },
  },
  autoencoders: { epochs: 2, batchSize: 64, learningRate: 1e-3, copies: 0 },
  autoencoderWidth: 1,
  folds: [0, 1],
  seeds: [1],
};
