import { type Graph, intTensor, type Node, outputsOf, type Value } from '../graph.js';
import { inverse, isIdentity, keepsElementOrder, permute, reshapeTensor, transposeTensor } from '../layout.js';
import { sinkRules } from './sink-rules.js';

const permutationOf = (node: Node): number[] => [...(node.attributes.perm as readonly number[])];

/**
 * Transpose ∘ Transpose → one Transpose, none where they cancel; of two alike over one value, one.
 */
export function mergeTransposes(graph: Graph): boolean {
  const producers = graph.producers();
  const seen = new Map<Value, Node[]>();
  let found = false;
  for (const node of graph.nodes) {
    if (node.op !== 'Transpose') continue;
    for (let before = producers.get(node.inputs[0]); before?.op === 'Transpose'; ) {
      node.attributes = { perm: permute(permutationOf(before), permutationOf(node)) };
      node.inputs = [before.inputs[0]];
      before = producers.get(node.inputs[0]);
      found = true;
    }
    const [x] = node.inputs;
    const permutation = permutationOf(node);
    const alike = seen.get(x)?.find((other) => String(permutationOf(other)) === String(permutation));
    const same = isIdentity(permutation) ? x : alike?.output;
    if (!same) seen.set(x, [...(seen.get(x) ?? []), node]);
    else {
      graph.replaceUses(node.output, same);
      found = true;
    }
  }
  return found;
}

/**
 * op(Transpose(x), …) → Transpose(op'(x, …)), where every input that is no constant comes transposed in the same way:
 * so the transposes behind each convolution move on until they meet the next one's and cancel.
 */
export function sinkTransposes(graph: Graph): boolean {
  const producers = graph.producers();
  let found = false;
  graph.nodes = graph.nodes.flatMap((node) => {
    const sunk = sinkThrough(graph, node, producers);
    for (const created of sunk) for (const output of outputsOf(created)) producers.set(output, created);
    found ||= sunk.length > 0;
    return sunk.length > 0 ? sunk : [node];
  });
  return found;
}

/** The operator and a Transpose behind each output, in place of an operator behind Transposes; nothing where there are none. */
function sinkThrough(graph: Graph, node: Node, producers: ReadonlyMap<Value, Node>): Node[] {
  const rule = Object.hasOwn(sinkRules, node.op) ? sinkRules[node.op] : undefined;
  if (!rule) return [];
  const transposes = node.inputs.filter((input) => !input.constant).map((input) => producers.get(input));
  const [first] = transposes;
  if (first?.op !== 'Transpose') return [];
  const p = permutationOf(first);
  if (!transposes.every((other) => other?.op === 'Transpose' && String(permutationOf(other)) === String(p))) return [];
  if (node.inputs.some(({ shape }) => shape.length > p.length)) return [];
  const sunk = rule(node, p);
  if (!sunk) return [];

  const inputs = node.inputs.map((input) => (input.constant ? input : producers.get(input)!.inputs[0]));
  const after = sunk.permutation ?? p;
  const before = (value: Value): Value['shape'] => permute(value.shape, inverse(after));
  const moved = graph.createNode(
    node.op,
    node.name,
    sunk.inputs ? sunk.inputs(graph, inputs) : inputs.map((input) => permutedConstant(graph, input, p)),
    before(node.output),
    { ...node.attributes, ...sunk.attributes },
  );
  const more = node.more?.map((output) => ({ ...output, name: graph.uniqueName(output.name), shape: before(output) }));
  const created: Node = more ? { ...moved, more } : moved;
  const back = outputsOf(node).map(
    (output, i): Node => ({
      op: 'Transpose',
      name: graph.uniqueName(`${node.name}/Transpose`),
      inputs: [outputsOf(created)[i]],
      output,
      attributes: { perm: after },
    }),
  );
  return [created, ...back];
}

/** A constant that broadcasts against T(x), as one that broadcasts against x. Scalars and other values stay. */
function permutedConstant(graph: Graph, value: Value, permutation: readonly number[]): Value {
  const { constant } = value;
  if (!constant || constant.shape.length === 0) return value;
  const padded = [...new Array<number>(permutation.length - constant.shape.length).fill(1), ...constant.shape];
  return graph.constant(value.name, transposeTensor(reshapeTensor(constant, padded), inverse(permutation)));
}

/** A Transpose that moves axes of size 1 alone (one channel) → Reshape, which copies nothing. */
export function reshapeInsteadOfTranspose(graph: Graph): boolean {
  for (const [position, node] of graph.nodes.entries()) {
    if (node.op !== 'Transpose') continue;
    const permutation = permutationOf(node);
    const [x] = node.inputs;
    const sizes = node.output.shape.slice(1);
    if (permutation[0] !== 0 || !keepsElementOrder(x.shape, permutation)) continue;
    if (!sizes.every((size) => typeof size === 'number')) continue;
    const shape = graph.constant(`${node.name}/shape`, intTensor([0, ...sizes]));
    graph.nodes.splice(position, 1, { ...node, op: 'Reshape', inputs: [x, shape], attributes: {} });
    return true;
  }
  return false;
}
