import type * as tf from '@tensorflow/tfjs-core';
import type fc from 'fast-check';
import type { ModelArtifacts } from '../../../onnx/index.js';
import type { Outputs } from '../exported.js';

/** A random model that tfjs can run: what is exported, what goes in, and what tfjs answers. */
export interface FuzzModel {
  readonly artifacts: ModelArtifacts;
  /** Inputs in the file's order, for a batch of a size. */
  inputs(batch: number): tf.Tensor[];
  run(inputs: tf.Tensor[]): Outputs[] | Promise<Outputs[]>;
  dispose(): void;
}

/**
 * A kind of random models. A recipe is plain data, so that fast-check can shrink it and a failure can be kept; the same
 * recipe gives the same model.
 */
export interface Generator<Recipe = unknown> {
  readonly name: string;
  readonly recipes: fc.Arbitrary<Recipe>;
  /** Undefined where the recipe makes no model that tfjs would build. */
  model(recipe: Recipe): FuzzModel | undefined;
}
