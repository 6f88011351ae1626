/** A network that is measured: the report's input, and the sizes that every contestant must agree on. */
export interface BenchNetwork {
  /** Features of one example. */
  shape: readonly [chunks: number, bands: number, frames: number];
  labels: number;
  /** Examples a step; the plain JavaScript backend takes fewer. */
  batch: number;
  /** Trainable and moving weights. */
  parameters: number;
  learningRate: number;
}

/** The networks that there are peers for, by the name of the architecture in `models/`. */
export const networks: Readonly<Record<string, BenchNetwork>> = {
  cnn: { shape: [1, 60, 216], labels: 8, batch: 64, parameters: 277_768, learningRate: 1e-3 },
  'cnn-lstm': { shape: [2, 60, 216], labels: 8, batch: 32, parameters: 787_912, learningRate: 1e-3 },
};
