import { isObject } from './config.js';
import type { GraphFunction, GraphNode } from './graph-model.js';

/**
 * Tables that a graph takes as inputs become nodes of it. Its signature and that of the graph that fills its tables name
 * the same `resourceId`; the node is called there as here, so that what is imported into it is found.
 */
export function withTables(
  graph: GraphFunction,
  signature: unknown,
  initializer: GraphFunction | undefined,
  initializerSignature: unknown,
): GraphFunction {
  if (!initializer) return graph;
  const filled = resources(initializerSignature, 'outputs');
  const nodes = new Map(graph.nodes);
  const taken = new Set<string>();
  for (const [id, input] of resources(signature, 'inputs')) {
    const table = tableBehind(initializer, filled.get(id));
    if (!table) continue;
    nodes.set(table.name, { ...table, inputs: [] });
    nodes.set(input, { name: input, op: 'Identity', inputs: [{ node: table.name, index: 0 }], attributes: {} });
    taken.add(input);
  }
  return { ...graph, nodes, inputs: graph.inputs.filter(({ node }) => !taken.has(node)) };
}

/** The nodes of a signature's tensors that stand for resources, by the resource's number. */
function resources(signature: unknown, side: 'inputs' | 'outputs'): Map<unknown, string> {
  const tensors = isObject(signature) && isObject(signature[side]) ? Object.values(signature[side]) : [];
  return new Map(
    tensors.flatMap((tensor): [unknown, string][] =>
      isObject(tensor) && tensor.resourceId !== undefined
        ? [[tensor.resourceId, String(tensor.name).split(':')[0]]]
        : [],
    ),
  );
}

/** The node that an output passes on. */
function tableBehind({ nodes }: GraphFunction, name: string | undefined): GraphNode | undefined {
  let node = name === undefined ? undefined : nodes.get(name);
  for (let steps = nodes.size; steps > 0 && node?.op === 'Identity'; steps--) node = nodes.get(node.inputs[0].node);
  return node;
}
