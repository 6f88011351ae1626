import { expect } from '@jest/globals';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { exported, randomInputs, randomiseWeights, runOnnx, runTfjs } from './exported.js';

/** With random weights, the same outputs from tfjs and onnxruntime for batches of each size. Returns the file. */
export async function expectParity(
  model: LayersModel,
  tolerance: { absolute: number },
  batches = [1, 3],
): Promise<Uint8Array> {
  randomiseWeights(model, model.name);
  const bytes = await exported(model);
  for (const batch of batches) {
    const inputs = randomInputs(model, batch, `${model.name} ${batch}`);
    const expected = runTfjs(model, inputs);
    const actual = await runOnnx(bytes, inputs);
    expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
    actual.forEach(({ values }, i) => {
      expect(values).toBeAllClose(expected[i].values, tolerance);
    });
  }
  return bytes;
}
