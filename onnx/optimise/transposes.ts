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
  for (const node of graph.nodes) {
    if (node.op !== 'Transpose') continue;
    const permutation = permutationOf(node);
    if (isIdentity(permutation)) {
      graph.replaceUses(node.output, node.inputs[0]);
      return true;
    }
    const before = producers.get(node.inputs[0]);
    if (before?.op === 'Transpose') {
      node.inputs = [before.inputs[0]];
      node.attributes = { perm: permute(permutationOf(before), permutation) };
      return true;
    }
    const alike = seen.get(node.inputs[0])?.find((other) => String(permutationOf(other)) === String(permutation));
    if (alike) {
      graph.replaceUses(node.output, alike.output);
      return true;
    }
    seen.set(node.inputs[0], [...(seen.get(node.inputs[0]) ?? []), node]);
  }
  return false;
}

/**
 * op(Transpose(x), …) → Transpose(op'(x, …)), where every input that is no constant comes transposed in the same way:
 * so the transposes behind each convolution move on until they meet the next one's and cancel.
 */
export function sinkTransposes(graph: Graph): boolean {
  const producers = graph.producers();
  for (const [position, node] of graph.nodes.entries()) {
    const rule = Object.hasOwn(sinkRules, node.op) ? sinkRules[node.op] : undefined;
    if (!rule) continue;
    const transposes = node.inputs.filter((input) => !input.constant).map((input) => producers.get(input));
    const [first] = transposes;
    if (first?.op !== 'Transpose') continue;
    const p = permutationOf(first);
    if (!transposes.every((other) => other?.op === 'Transpose' && String(permutationOf(other)) === String(p))) continue;
    if (node.inputs.some(({ shape }) => shape.length > p.length)) continue;
    const sunk = rule(node, p);
    if (!sunk) continue;

    const inputs = node.inputs.map((input) => (input.constant ? input : producers.get(input)!.inputs[0]));
    const after = sunk.permutation ?? p;
    const created = graph.createNode(
      node.op,
      node.name,
      sunk.inputs ? sunk.inputs(graph, inputs) : inputs.map((input) => permutedConstant(graph, input, p)),
      permute(node.output.shape, inverse(after)),
      { ...node.attributes, ...sunk.attributes },
    );
    const more = (node.more ?? []).map((output): Value => {
      return { ...output, name: graph.uniqueName(output.name), shape: permute(output.shape, inverse(after)) };
    });
    const whole: Node = node.more ? { ...created, more } : created;
    const back = outputsOf(node).map(
      (output, i): Node => ({
        op: 'Transpose',
        name: graph.uniqueName(`${node.name}/Transpose`),
        inputs: [outputsOf(whole)[i]],
        output,
        attributes: { perm: after },
      }),
    );
    graph.nodes.splice(position, 1, whole, ...back);
    return true;
  }
  return false;
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
