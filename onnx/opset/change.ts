import type { Graph, Node, Value } from '../graph.js';

/** Where a rewrite works: one node, and the graph that holds it. */
export interface Site {
  readonly node: Node;
  readonly graph: Graph;
  readonly opset: number;
}

/** The nodes that stand for this one in another opset, the last one with its output; nothing where it stays (changed or not). */
export type Rewrite = (site: Site) => Node[] | undefined;

/** What becomes of an operator between opset 13 and 22. */
export interface Change {
  /** Its versions from 14 on. */
  readonly versions: readonly number[];
  /** From this opset on it exists: a later one than 13. Below, `below` must have replaced it. */
  readonly since?: number;
  /** Makes it one of an opset below 17. */
  readonly below?: Rewrite;
  /** Makes it one of an opset above 17. */
  readonly above?: Rewrite;
}

/** A node over the same graph's values; its name and its output's are one, made unique. */
export function added(
  { graph, node }: Site,
  label: string,
  inputs: Value[],
  attributes: Node['attributes'] = {},
  shape?: Value['shape'],
): Node {
  return graph.createNode(label, `${node.name}/${label}`, inputs, shape, attributes);
}

/** The same node giving the value that another gave. */
export const giving = (node: Node, output: Value): Node => ({ ...node, output });

export const attributesWithout = ({ attributes }: Node, ...names: string[]): Node['attributes'] =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)));

/** That an opset has no way to say what a node says. */
export class OpsetRefusal extends TypeError {
  constructor({ node, opset }: Site, what: string, lowest: number) {
    super(`node "${node.name}" (${node.op}): opset ${opset} has no ${what}; export with opset ${lowest} or later`);
  }
}
