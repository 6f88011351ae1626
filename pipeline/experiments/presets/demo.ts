import type { Preset } from '../config.js';

/**
 * The whole loop in about a minute: a narrow CNN on small features, for the synthetic corpus.
 */
export const demo: Preset = {
  features: 'demo',
  modelOptions: {
    filters: [16, 16, 32, 32],
    pools: [2, 2, 2, 4],
    dropouts: [0.1, 0.1, 0.2, 0.2],
    denseDropout: 0.2,
  },
  copies: 1,
  epochs: 10,
  learningRate: 3e-3,
};
