import { type Graph, outputsOf, readsOf, subgraphsOf } from '../graph.js';
import { absorbBias } from './absorb-bias.js';
import { absorbIntoGemm } from './absorb-into-gemm.js';
import { sliceBackwardsFromTheEnd } from './backward-slices.js';
import { mergeCasts, widenSizes } from './casts.js';
import { shareCommon } from './common-subexpressions.js';
import { foldConstants } from './constants.js';
import { foldBatchNormalization } from './fold-batch-normalization.js';
import { fuseHardSigmoid } from './fuse-hard-sigmoid.js';
import { dropIdentities } from './identities.js';
import { keepReducedAxes } from './keep-reduced-axes.js';
import { narrowConvolution } from './narrow-convolution.js';
import { poolsAfterPads } from './pools-after-pads.js';
import { cancelReshapes, mergeReshapes, nameTargets, shareShapes } from './reshapes.js';
import { splitResizesAfterTransposes } from './resizes-after-transposes.js';
import { mergeTransposes, reshapeInsteadOfTranspose, sinkTransposes } from './transposes.js';
import { dropUnusedResults } from './unused-results.js';

/** Rewrites one place of the graph and says whether it found one. */
export type Pass = (graph: Graph) => boolean;

/** Passes that make each other's occasions: run until none finds anything. Each moves the graph one way alone. */
const passes: readonly Pass[] = [
  dropIdentities,
  mergeCasts,
  widenSizes,
  nameTargets,
  foldConstants,
  shareCommon,
  mergeTransposes,
  cancelReshapes,
  shareShapes,
  sinkTransposes,
  absorbIntoGemm,
  narrowConvolution,
  fuseHardSigmoid,
  absorbBias,
  foldBatchNormalization,
];

/** Passes on what is left, which would stand in the way of the others. */
const lastPasses: readonly Pass[] = [reshapeInsteadOfTranspose, cancelReshapes, mergeReshapes, keepReducedAxes];

/**
 * Makes the converted graph small without changing what it computes: what is known or computed twice is not computed,
 * casts around sizes go, transposes between channels-last and channels-first meet and cancel, so do the reshapes between
 * distributed layers, batch normalisation and biases go into the convolution or dense layer before them.
 */
export function optimise(graph: Graph): void {
  removeUnused(graph);
  while (dropUnusedResults(graph)) removeUnused(graph);
  for (const node of graph.nodes) subgraphsOf(node).forEach(optimise);
  while (passes.some((pass) => pass(graph))) removeUnused(graph);
  while (lastPasses.some((pass) => pass(graph))) removeUnused(graph);
  while (splitResizesAfterTransposes(graph) || sliceBackwardsFromTheEnd(graph));
  poolsAfterPads(graph);
}

/** Drops nodes that neither another node nor the graph's outputs read. */
export function removeUnused(graph: Graph): void {
  const used = new Set(graph.outputs);
  const kept = [];
  for (const node of graph.nodes.toReversed()) {
    if (!outputsOf(node).some((output) => used.has(output))) continue;
    for (const inner of subgraphsOf(node)) removeUnused(inner);
    for (const value of readsOf(node)) used.add(value);
    kept.push(node);
  }
  graph.nodes = kept.reverse();
}
