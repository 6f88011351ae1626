import { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { headOf } from './freeze.js';

/**
 * Puts saved weights into a model by their names.
 *
 * @param head whether the last layer gets its weights too; it keeps its initial ones for other labels
 * @throws Error that names a weight which is missing or of another shape
 */
export function copyWeights(model: LayersModel, { weightData, weightSpecs }: io.ModelArtifacts, head: boolean): void {
  const saved = io.decodeWeights(weightData!, weightSpecs!);
  const initial = new Set(head ? [] : headOf(model).weights);
  for (const weight of model.weights) {
    if (initial.has(weight)) continue;
    const values = saved[weight.originalName];
    if (!values || String(values.shape) !== String(weight.shape))
      throw new Error(
        `${weight.originalName}: is ${values ? `of shape ${values.shape.join(' × ')}` : 'missing'} in the saved weights, ` +
          `${weight.shape.join(' × ')} in ${model.name}`,
      );
    weight.write(values);
  }
  for (const values of Object.values(saved)) values.dispose();
}
