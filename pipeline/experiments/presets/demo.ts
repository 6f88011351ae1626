import type { Preset } from '../config.js';

/**
 * The whole loop in about a minute: a narrow CNN on small features, for the synthetic corpus. Sixteen steps an epoch are
 * too few for moving averages over a hundred steps: these go over ten.
 */
export const demo: Preset = {
  features: 'demo',
  modelOptions: {
    filters: [16, 16, 32, 32],
    pools: [2, 2, 2, 4],
    dropouts: [0.1, 0.1, 0.2, 0.2],
    denseDropout: 0.2,
    normMomentum: 0.9,
  },
  copies: 1,
  epochs: 10,
  batchSize: 32,
  learningRate: 3e-3,
};
