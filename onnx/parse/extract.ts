import type { GraphFunction, GraphNode, NodeOutput } from './graph-model.js';

/**
 * The nodes that outputs need as a function.
 *
 * @param argumentOf which argument stands for a value, undefined where none does
 * @param count how many arguments there are, once all outputs are walked
 */
export function extract(
  graph: GraphFunction,
  outputs: readonly NodeOutput[],
  argumentOf: (value: NodeOutput) => number | undefined,
  count: () => number,
): Omit<GraphFunction, 'name'> {
  const nodes = new Map<string, GraphNode>();
  const open: string[] = [];
  const redirect = (value: NodeOutput): NodeOutput => {
    const argument = argumentOf(value);
    if (argument !== undefined) return { node: argumentName(graph, argument), index: 0 };
    open.push(value.node);
    return value;
  };
  const results = outputs.map((output, i) => ({ ...redirect(output), name: `result${i}` }));
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = graph.nodes.get(name);
    if (node && !nodes.has(name)) nodes.set(name, { ...node, inputs: node.inputs.map(redirect) });
  }
  const inputs = Array.from({ length: count() }, (_, i) => {
    const name = argumentName(graph, i);
    return { name, node: name, type: undefined, shape: undefined };
  });
  for (const { node } of inputs) nodes.set(node, { name: node, op: 'Placeholder', inputs: [], attributes: {} });
  return { nodes, inputs, outputs: results };
}

/** A name that no operation of the graph has; placeholders of a function around are its arguments, not read here. */
function argumentName({ nodes }: GraphFunction, i: number): string {
  let name = `argument${i}`;
  while (nodes.has(name) && nodes.get(name)!.op !== 'Placeholder') name = `_${name}`;
  return name;
}

/** Arguments by the values that they stand for, in the order in which they are asked for. */
export class Arguments {
  readonly values: NodeOutput[] = [];
  readonly #places = new Map<string, number>();

  placeOf(value: NodeOutput): number {
    const known = this.#places.get(key(value));
    if (known !== undefined) return known;
    this.#places.set(key(value), this.values.length);
    return this.values.push(value) - 1;
  }
}

export const key = ({ node, index }: NodeOutput): string => `${node}:${index}`;

export const isInput = ({ inputs }: GraphFunction, { node }: NodeOutput): boolean =>
  inputs.some((input) => input.node === node);

/** A node that passes on one output of another. */
export const passing = (name: string, value: NodeOutput): GraphNode => ({
  name,
  op: 'Identity',
  inputs: [value],
  attributes: {},
});

export function freeName(nodes: ReadonlyMap<string, GraphNode>, wished: string): string {
  let name = wished;
  for (let n = 1; nodes.has(name); n++) name = `${wished}_${n}`;
  return name;
}
