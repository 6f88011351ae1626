import { expect, test } from '@jest/globals';
import fc from 'fast-check';
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
