import type { Graph } from '../graph.js';

/** Reshape that puts back, as sizes of 1, the axes which a reduction took away  ⇒  the reduction that keeps them. */
export function keepReducedAxes(graph: Graph): boolean {
  const producers = graph.producers();
  const consumers = graph.consumers();
  for (const node of graph.nodes) {
    const [reduced] = node.inputs;
    const reduction = reduced && producers.get(reduced);
    const axes = reduction?.attributes.axes as readonly number[] | undefined;
    if (!['Reshape', 'Unsqueeze'].includes(node.op) || !reduction?.op.startsWith('Reduce') || !axes) continue;
    if (reduction.attributes.keepdims !== 0 || consumers.get(reduced)!.length > 1 || graph.outputs.includes(reduced))
      continue;
    const kept = reduction.inputs[0].shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    if (String(kept) !== String(node.output.shape)) continue;
    const position = graph.nodes.indexOf(reduction);
    graph.nodes.splice(position, 1);
    graph.nodes[graph.nodes.indexOf(node)] = {
      ...reduction,
      output: node.output,
      attributes: { ...reduction.attributes, keepdims: 1 },
    };
    return true;
  }
  return false;
}
