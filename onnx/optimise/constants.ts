import { fold } from '../fold/index.js';
import type { Graph } from '../graph.js';

/** Operators over constants alone → a constant, where onnx/fold/ can work it out. */
export function foldConstants(graph: Graph): boolean {
  let found = false;
  for (const node of graph.nodes) {
    const { inputs, output, more } = node;
    if (more?.length || inputs.length === 0 || !inputs.every(({ constant }) => constant)) continue;
    const known = fold(node, output);
    if (!known) continue;
    graph.replaceUses(output, graph.constant(output.name, known));
    found = true;
  }
  return found;
}
