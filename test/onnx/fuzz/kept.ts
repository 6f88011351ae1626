import type { LayerRecipe } from './layer-models.js';

/** Recipes that once failed, and what was wrong. */
export const keptLayerRecipes: readonly { readonly was: string; readonly recipe: LayerRecipe }[] = [];
