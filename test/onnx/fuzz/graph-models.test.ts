import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareGraph } from './compare-graph.js';
import { graphOf, recipes } from './random-graphs.js';

test('random graphs give the same in tfjs and onnxruntime', async () => {
  const property = fc.asyncProperty(recipes, async (recipe) => {
    await compareGraph(recipe);
  });
  await fc.assert(property, { seed: 6, numRuns: 40 });
}, 120_000);

test('a recipe is one graph: the same nodes each time', () => {
  const [recipe] = fc.sample(recipes, { seed: 1, numRuns: 1 });
  expect(graphOf(recipe).artifacts).toEqual(graphOf(recipe).artifacts);
});
