import { type Graph, outputsOf, readsOf, subgraphsOf } from '../graph.js';
import { absorbIntoGemm } from './absorb-into-gemm.js';
import { foldBatchNormalization } from './fold-batch-normalization.js';
import { poolsAfterPads } from './pools-after-pads.js';
import { cancelReshapes, mergeReshapes, shareShapes } from './reshapes.js';
import { mergeTransposes, reshapeInsteadOfTranspose, sinkTransposes } from './transposes.js';

/** Rewrites one place of the graph and says whether it found one. */
export type Pass = (graph: Graph) => boolean;

/** Passes that make each other's occasions: run until none finds anything. Each moves the graph one way alone. */
const passes: readonly Pass[] = [
  mergeTransposes,
  cancelReshapes,
  shareShapes,
  sinkTransposes,
  absorbIntoGemm,
  foldBatchNormalization,
];

/**
 * Makes the converted graph small without changing what it computes: transposes between channels-last and
 * channels-first meet and cancel, so do the reshapes between distributed layers, batch normalisation goes into the
 * convolution or dense layer before it.
 */
export function optimise(graph: Graph): void {
  removeUnused(graph);
  for (const node of graph.nodes) subgraphsOf(node).forEach(optimise);
  while (passes.some((pass) => pass(graph))) removeUnused(graph);
  while (reshapeInsteadOfTranspose(graph) || mergeReshapes(graph)) removeUnused(graph);
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
