import type { LayerRecipe } from './layer-models.js';

/** Recipes that once failed, and what was wrong. */
export const keptLayerRecipes: readonly { readonly was: string; readonly recipe: LayerRecipe }[] = [
  {
    was: 'onnxruntime made the zeros of a ZeroPadding2D part of the pool behind it, and refused it',
    recipe: { input: 0, steps: [966873380, 859439634, 739644820] },
  },
  {
    was: 'onnxruntime moved a Transpose behind a linear Resize of an image, and refused its own graph',
    recipe: { input: 0, steps: [304343296, 682692323, 789899702] },
  },
];
