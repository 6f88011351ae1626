import type { Preset } from '../config.js';

/**
 * The report's models with a quarter of their channels and units, on small features, for the synthetic corpus. Dropout is
 * lighter than the report's: it is for many epochs of wide layers, and after few epochs of narrow ones nothing is learnt.
 */
export const quick: Preset = {
  features: 'quick',
  modelOptions: {
    filters: [16, 16, 32, 32],
    dropouts: [0.1, 0.1, 0.2, 0.2],
    denseUnits: 16,
    denseDropout: 0.1,
    lstmUnits: 64,
    contextDropout: 0.2,
    representationUnits: 16,
    jointUnits: 16,
  },
  batchSize: 16,
  epochs: 8,
  learningRate: 3e-3,
  schedule: 'one-cycle',
};
