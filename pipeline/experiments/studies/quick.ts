import type { Study } from './study.js';

/** Every row of every table on synthetic speech: a quarter of the channels, units and codes, a few epochs. */
export const quick: Study = {
  name: 'quick',
  purpose: 'every row of every table, a quarter as wide, on synthetic speech; minutes',
  data: 'synthetic:0/4',
  unlabelled: ['synthetic:1/1'],
  preset: 'quick',
  recognisers: {},
  autoencoders: { epochs: 2, batchSize: 64, learningRate: 1e-3, schedule: 'constant' },
  autoencoderWidth: 0.25,
  folds: [0, 1],
  seeds: [1],
};
