import * as tf from '@tensorflow/tfjs-core';
import { toOnnx } from '../../../onnx/index.js';
import { type Outputs, runOnnx } from '../exported.js';
import type { Generator } from './generator.js';

/**
 * Largest difference that is none, as a share of the largest output (of 1 where that is smaller). Largest seen over
 * 5,000 models: 7.8e-6.
 */
export const relativeTolerance = 1e-5;

export type Verdict =
  /** The same numbers; `gap` is the largest difference as a share of the largest output. */
  | { readonly kind: 'equal'; readonly gap: number }
  /** tfjs itself builds or runs no such model. */
  | { readonly kind: 'no model'; readonly reason: string }
  /** The exporter says why it does not export what tfjs runs. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'different'; readonly reason: string; readonly topology: object | ArrayBuffer | undefined };

/** Masks that tfjs garbles or that reach steps they are not of: such models have no meaning that a file could keep. */
const refusals = [/: a mask .* is not supported/];

/** Exports the recipe's model and compares onnxruntime with tfjs for batches of 1 and 3. */
export async function verdictOf<Recipe>(generator: Generator<Recipe>, recipe: Recipe): Promise<Verdict> {
  const model = generator.model(recipe);
  if (!model) return { kind: 'no model', reason: 'tfjs does not build it' };
  const different = (reason: string): Verdict => ({
    kind: 'different',
    reason,
    topology: model.artifacts.modelTopology,
  });
  try {
    let gap = 0;
    for (const batch of [1, 3]) {
      const inputs = model.inputs(batch);
      let expected: Outputs[];
      try {
        expected = await model.run(inputs);
      } catch (error) {
        return { kind: 'no model', reason: String(error) };
      }
      if (expected.some(({ values }) => values.some((value) => !Number.isFinite(value))))
        return { kind: 'no model', reason: 'its outputs are not finite' };
      const actual = await runOnnx(toOnnx(model.artifacts), inputs);
      tf.dispose(inputs);
      for (const [i, { shape, values }] of expected.entries()) {
        if (String(shape) !== String(actual[i].shape))
          return different(`output ${i} has shape [${actual[i].shape}], tfjs's [${shape}]`);
        gap = Math.max(gap, gapOf(actual[i].values, values));
      }
    }
    return gap <= relativeTolerance ? { kind: 'equal', gap } : different(`a gap of ${gap} of the largest output`);
  } catch (error) {
    const reason = String(error);
    if (refusals.some((refusal) => refusal.test(reason))) return { kind: 'refused', reason };
    return different(reason);
  } finally {
    model.dispose();
  }
}

function gapOf(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [largest, difference] = [1, 0];
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]));
    // Not Math.max: NaN must not pass for 0.
    if (!(Math.abs(actual[i] - expected[i]) <= difference)) difference = Math.abs(actual[i] - expected[i]);
  }
  return difference / largest;
}
