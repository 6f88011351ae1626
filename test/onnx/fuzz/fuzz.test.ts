import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Outputs } from '../exported.js';
import { verdictOf } from './compare.js';
import { keptLayerRecipes } from './kept.js';
import { layerModels } from './layer-models.js';

test('random stacks of layers compute in onnxruntime what they compute in tfjs', async () => {
  let equal = 0;
  await fc.assert(
    fc.asyncProperty(layerModels.recipes, async (recipe) => {
      const verdict = await verdictOf(layerModels, recipe);
      if (verdict.kind === 'equal') equal++;
      expect({ ...verdict, recipe }).not.toMatchObject({ kind: 'different' });
    }),
    { numRuns: 40, seed: 2026 },
  );
  expect(equal).toBeGreaterThan(30);
}, 60_000);

test.each(keptLayerRecipes)('once: $was', async ({ recipe }) => {
  expect(await verdictOf(layerModels, recipe)).toMatchObject({ kind: 'equal' });
});

test('a model that differs is told from one that does not', async () => {
  const wrong: typeof layerModels = {
    ...layerModels,
    model: (recipe) => {
      const model = layerModels.model(recipe);
      return model && { ...model, run: async (inputs) => runOff(await model.run(inputs)) };
    },
  };
  const runOff = (outputs: Outputs[]) =>
    outputs.map(({ shape, values }) => ({ shape, values: values.map((value, i) => (i === 0 ? value + 0.01 : value)) }));
  expect(await verdictOf(wrong, { input: 1, steps: [1] })).toMatchObject({ kind: 'different' });
  expect(await verdictOf(layerModels, { input: 1, steps: [1] })).toMatchObject({ kind: 'equal' });
});
