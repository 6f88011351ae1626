import type { Library } from './control-flow-v1.js';
import { Arguments, extract, freeName, isInput, passing } from './extract.js';
import type { GraphFunction, GraphNode, NodeOutput } from './graph-model.js';

/** Enter → Merge (with NextIteration) → Switch → Exit: a variable; Enter alone: what the loop reads unchanged. */
interface Variable {
  readonly enter: GraphNode;
  readonly merge?: GraphNode;
  /** What the next turn begins with. */
  readonly next?: NodeOutput;
}

/**
 * The graph with its loops as While nodes in place of their exits. Loops in loops are in the bodies, which come here
 * in their turn.
 */
export function loopsOf(graph: GraphFunction, add: Library): GraphFunction {
  const nodes = new Map(graph.nodes);
  const seen = new Set<string>();
  const open = graph.outputs.map(({ node }) => node);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = nodes.get(name);
    if (!node || seen.has(name)) continue;
    seen.add(name);
    if (node.op === 'Exit') {
      rewriteLoop({ ...graph, nodes }, node, nodes, add);
      seen.delete(name);
      open.push(name);
    } else open.push(...node.inputs.map((input) => input.node));
  }
  return { ...graph, nodes };
}

/** Writes the While of an exit's frame, and an Identity of one of its outputs for each exit of it. */
function rewriteLoop(graph: GraphFunction, exit: GraphNode, nodes: Map<string, GraphNode>, add: Library): void {
  const merge = mergeOf(nodes, exit);
  const frame = frameOf(entered(nodes, merge));
  const enters = [...nodes.values()].filter((node) => node.op === 'Enter' && frameOf(node) === frame);
  const enterNames = new Set(enters.map(({ name }) => name));
  const merges = [...nodes.values()].filter(
    ({ op, inputs }) => op === 'Merge' && inputs.some(({ node }) => enterNames.has(node)),
  );
  const variables = enters.map((enter): Variable => {
    const own = merges.find(({ inputs }) => inputs.some(({ node }) => node === enter.name));
    return own ? { enter, merge: own, next: nextOf(nodes, own) } : { enter };
  });
  const places = new Map(variables.flatMap(({ merge }, i) => (merge ? [[merge.name, i] as const] : [])));
  const fixed = new Map(variables.flatMap(({ merge, enter }, i) => (merge ? [] : [[enter.name, i] as const])));
  const switches = new Map(
    [...nodes.values()].flatMap((node) => {
      const place = node.op === 'Switch' ? places.get(node.inputs[0].node) : undefined;
      return place !== undefined && isLoopCondition(nodes, node) ? [[node.name, place] as const] : [];
    }),
  );
  const argumentOf = ({ node, index }: NodeOutput): number | undefined =>
    places.get(node) ?? fixed.get(node) ?? (index === 1 ? switches.get(node) : undefined);

  const condition = conditionOf(nodes, switches, exit);
  const results = variables.map(({ enter, next }) => next ?? { node: enter.name, index: 0 });
  // Inputs of the graph that the loop reads without Enter become variables behind the others.
  const read = new Arguments();
  const argument = (value: NodeOutput): number | undefined =>
    argumentOf(value) ?? (isInput(graph, value) ? variables.length + read.placeOf(value) : undefined);
  const count = () => variables.length + read.values.length;
  extract(graph, [condition, ...results], argument, count);
  const name = freeName(nodes, frameName(enters[0]));
  const args = [...variables.map(({ enter }) => enter.inputs[0]), ...read.values];
  const functions = {
    cond: add(`${name}/cond`, extract(graph, [condition], argument, count)),
    body: add(`${name}/body`, extract(graph, [...results, ...read.values], argument, count)),
  };
  nodes.set(name, {
    name,
    op: 'While',
    inputs: args,
    attributes: { cond: { func: { name: functions.cond } }, body: { func: { name: functions.body } } },
  });
  for (const node of [...nodes.values()])
    if (node.op === 'Exit') {
      const place = switches.get(node.inputs[0].node);
      if (place !== undefined) nodes.set(node.name, passing(node.name, { node: name, index: place }));
    }
  if (nodes.get(exit.name)!.op === 'Exit') throw unstructured(exit, 'it leaves no Switch by a LoopCond');
}

function mergeOf(nodes: ReadonlyMap<string, GraphNode>, exit: GraphNode): GraphNode {
  const from = nodes.get(exit.inputs[0]?.node);
  const merge = from?.op === 'Switch' ? nodes.get(from.inputs[0]?.node) : undefined;
  if (merge?.op !== 'Merge') throw unstructured(exit, 'it leaves no Switch of a loop variable');
  return merge;
}

function entered(nodes: ReadonlyMap<string, GraphNode>, merge: GraphNode): GraphNode {
  const enter = merge.inputs.map(({ node }) => nodes.get(node)).find((node) => node?.op === 'Enter');
  if (!enter) throw unstructured(merge, 'the variable of a loop has no Enter');
  return enter;
}

function nextOf(nodes: ReadonlyMap<string, GraphNode>, merge: GraphNode): NodeOutput {
  const next = merge.inputs.map(({ node }) => nodes.get(node)).find((node) => node?.op === 'NextIteration');
  if (!next) throw unstructured(merge, 'the variable of a loop has no NextIteration');
  return next.inputs[0];
}

const isLoopCondition = (nodes: ReadonlyMap<string, GraphNode>, { inputs }: GraphNode): boolean =>
  nodes.get(inputs[1]?.node)?.op === 'LoopCond';

function conditionOf(
  nodes: ReadonlyMap<string, GraphNode>,
  switches: ReadonlyMap<string, number>,
  exit: GraphNode,
): NodeOutput {
  const conditions = new Set([...switches.keys()].map((name) => nodes.get(name)!.inputs[1].node));
  if (conditions.size !== 1) throw unstructured(exit, `its loop has ${conditions.size} conditions`);
  return nodes.get([...conditions][0])!.inputs[0];
}

const frameOf = ({ attributes }: GraphNode): string => JSON.stringify(attributes.frame_name);

/** The frame's own name where it can be read. */
function frameName({ attributes, name }: GraphNode): string {
  const { s } = attributes.frame_name as { s?: unknown };
  return typeof s === 'string' ? atob(s) : `${name}/loop`;
}

export const unstructured = ({ name, op }: GraphNode, what: string): TypeError =>
  new TypeError(
    `node "${name}" (${op}): ${what}: ONNX has Loop and If alone, no free dataflow (supported: what while_loop and cond make)`,
  );
