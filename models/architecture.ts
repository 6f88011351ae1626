import type { LayersModel } from '@tensorflow/tfjs-layers';

/** What a model is built for: the shape of its features, how many labels it tells apart, and the seed of its weights. */
export interface ModelInput {
  /** Features of one example. */
  shape: readonly [chunks: number, bands: number, frames: number];
  /** Without meaning for a model that reconstructs. */
  labels: number;
  /** Seeds the initial weights and the dropout masks: the same seed gives the same model. */
  seed: number;
}

/** Options of an architecture: numbers, words, or lists of numbers such as the filters of each block. */
export type ModelOptions = Readonly<Record<string, number | string | readonly number[]>>;

/**
 * The contract of an architecture: one file that exports one of these, and one line in `models/index.ts`.
 * `test/models/architecture-contract.test.ts` holds every registered one to it.
 */
export interface Architecture<Options extends ModelOptions = ModelOptions> {
  name: string;
  /** One line for `serkit train --help`. */
  purpose: string;
  /**
   * `recognition`: answers (batch, labels), probabilities. `reconstruction`: an autoencoder, answers its input's shape; the
   * layers whose names begin with `encoder` are its encoder.
   */
  task: 'recognition' | 'reconstruction';
  /**
   * Which chunks of a clip the model sees: the first one, all that the FeatureSpec cuts at once, or each of them as an
   * example of its own.
   */
  chunks: 'first' | 'all' | 'each';
  /** Whether it holds the frozen encoder of an autoencoder that was trained before (`serkit train --encoder RUN`). */
  holdsEncoder?: boolean;
  /** The report's values; presets and `--set model.KEY=VALUE` override them. */
  defaults: Options;
  /** The trainable, frozen and moving weights that `build` must give for the report's input and 8 labels. */
  reportParameters: number;
  build(input: ModelInput, options: Options): LayersModel;
}
