import type { LayersModel } from '@tensorflow/tfjs-layers';

/** What a model is built for: the shape of its features, how many labels it tells apart, and the seed of its weights. */
export interface ModelInput {
  /** Features of one example. */
  shape: readonly [chunks: number, bands: number, frames: number];
  labels: number;
  /** Seeds the initial weights and the dropout masks: the same seed gives the same model. */
  seed: number;
}

/** Options of an architecture: numbers, or lists of numbers such as the filters of each block. */
export type ModelOptions = Readonly<Record<string, number | readonly number[]>>;

/**
 * The contract of an architecture: one file that exports one of these, and one line in `models/index.ts`.
 * `test/models/architecture-contract.test.ts` holds every registered one to it.
 */
export interface Architecture<Options extends ModelOptions = ModelOptions> {
  name: string;
  /** One line for `serkit train --help`. */
  purpose: string;
  /** How many chunks of a clip the model sees: the first one, or all that the FeatureSpec cuts. */
  chunks: 'first' | 'all';
  /** The report's values; presets and `--set model.KEY=VALUE` override them. */
  defaults: Options;
  /** The trainable and moving weights that `build` must give for the report's input and 8 labels. */
  reportParameters: number;
  build(input: ModelInput, options: Options): LayersModel;
}
