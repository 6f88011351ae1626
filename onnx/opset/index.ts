import { type Graph, type Node, subgraphsOf } from '../graph.js';
import { OpsetRefusal } from './change.js';
import { changes } from './changes.js';

/** The version of the file format that goes with each opset (onnx/docs/Versioning.md). */
const irVersions = { 13: 7, 14: 7, 15: 8, 16: 8, 17: 8, 18: 8, 19: 9, 20: 9, 21: 10, 22: 10 } as const;

/** A version of the ai.onnx operator set that can be written. */
export type Opset = keyof typeof irVersions;

export const opsets = Object.keys(irVersions).map(Number) as Opset[];

export const defaultOpset: Opset = 17;

export const irVersionOf = (opset: Opset): number => irVersions[opset];

/** @throws RangeError for one that cannot be written */
export function parseOpset(opset: number): Opset {
  const found = opsets.find((each) => each === opset);
  if (found === undefined)
    throw new RangeError(`opset ${opset} is not supported (supported: ${opsets[0]} to ${opsets.at(-1)})`);
  return found;
}

/**
 * Rewrites a graph that is in terms of opset 17 into those of another: changes.ts says what.
 *
 * @throws TypeError that names the node, its operator and the lowest opset that has what it says
 */
export function toOpset(graph: Graph, opset: Opset): void {
  graph.nodes = graph.nodes.flatMap((node) => {
    for (const inner of subgraphsOf(node)) toOpset(inner, opset);
    return rewritten(node, graph, opset);
  });
}

function rewritten(node: Node, graph: Graph, opset: Opset): Node[] {
  const change = node.domain || !Object.hasOwn(changes, node.op) ? undefined : changes[node.op];
  if (!change) return [node];
  const site = { node, graph, opset };
  const { below, above, since = 0 } = change;
  const other = below && opset < defaultOpset ? whereNeeded(opset, since, () => below(site)) : above?.(site);
  if (other) return other.flatMap((each) => rewritten(each, graph, opset));
  if (opset < since) throw new OpsetRefusal(site, 'such operator', since);
  return [node];
}

/** An operator that exists from a later opset on is replaced only before it. */
const whereNeeded = (opset: number, since: number, rewrite: () => Node[] | undefined): Node[] | undefined =>
  since === 0 || opset < since ? rewrite() : undefined;
