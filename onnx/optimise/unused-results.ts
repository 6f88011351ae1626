import { type Graph, type Node, outputsOf, readsOf, subgraphsOf, type Value } from '../graph.js';

/**
 * Drops what nobody reads of an If's or a Loop's results, and the variables of a Loop that were carried for those alone:
 * the counter that every while_loop of TensorFlow has beside the caller's own.
 */
export function dropUnusedResults(graph: Graph): boolean {
  const used = graph.used();
  for (const [i, node] of graph.nodes.entries()) {
    if (node.op !== 'If' && node.op !== 'Loop') continue;
    const results = outputsOf(node);
    const wanted = results.map((result) => used.has(result));
    if (!wanted.includes(true)) continue;
    const kept = node.op === 'If' ? wanted : carriedFor(node, wanted);
    if (!kept.includes(false)) continue;
    graph.nodes[i] = node.op === 'If' ? narrowedIf(node, kept) : narrowedLoop(node, kept);
    return true;
  }
  return false;
}

const withResults = (node: Node, kept: readonly boolean[]): Node => {
  const [output, ...more] = outputsOf(node).filter((_, i) => kept[i]);
  return { ...node, output, more };
};

function narrowedIf(node: Node, kept: readonly boolean[]): Node {
  for (const branch of subgraphsOf(node)) branch.outputs = branch.outputs.filter((_, i) => kept[i]);
  return withResults(node, kept);
}

/** Inputs of a Loop: bound, condition, variables. Of its body: turn, condition, variables; out of it: condition, variables, stacked. */
function narrowedLoop(node: Node, kept: readonly boolean[]): Node {
  const [body] = subgraphsOf(node);
  const isKept = (_: Value, i: number) => i < 2 || kept[i - 2];
  body.outputs = body.outputs.filter((_, i) => i === 0 || kept[i - 1]);
  body.inputs.splice(0, body.inputs.length, ...body.inputs.filter(isKept));
  return withResults({ ...node, inputs: node.inputs.filter(isKept) }, kept);
}

/** Which results stay: those wanted, and variables that their turns, or the condition, are made of. */
function carriedFor(node: Node, wanted: readonly boolean[]): boolean[] {
  const [body] = subgraphsOf(node);
  const [condition, ...results] = body.outputs;
  const variables = body.inputs.slice(2);
  const kept = [...wanted];
  for (;;) {
    const needed = neededFor(body, [condition, ...results.filter((_, i) => kept[i])]);
    const more = variables.findIndex((variable, i) => !kept[i] && needed.has(variable));
    if (more < 0) return kept;
    kept[more] = true;
  }
}

function neededFor(body: Graph, results: readonly Value[]): Set<Value> {
  const needed = new Set(results);
  for (const node of body.nodes.toReversed())
    if (outputsOf(node).some((output) => needed.has(output))) for (const value of readsOf(node)) needed.add(value);
  return needed;
}
