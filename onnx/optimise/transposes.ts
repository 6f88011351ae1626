import { type Attribute, type Graph, intTensor, type Node, type Value } from '../graph.js';
import { inverse, isIdentity, keepsElementOrder, permute, range, reshapeTensor, transposeTensor } from '../layout.js';
import { elementwise } from './elementwise.js';

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

/** What an operator becomes when it runs before the transposition instead of after it. */
interface Sunk {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly inputs?: (graph: Graph, inputs: readonly Value[]) => Value[];
  /** The transposition that its result then needs. Default: the same. */
  readonly permutation?: readonly number[];
}

/**
 * Operators that a Transpose may pass, by how they change: with T(x)[i…] having axis i of the result from axis p[i]
 * of x, op(T(x)) = T'(op'(x)). Element by element op' = op; an axis a becomes p[a].
 */
const sinkRules: Record<string, (node: Node, permutation: readonly number[]) => Sunk> = {
  ...Object.fromEntries(elementwise.map((op) => [op, () => ({})])),
  Concat: ({ attributes }, p) => ({ attributes: { axis: p[attributes.axis as number] } }),
  Softmax: ({ attributes }, p) => ({ attributes: { axis: p[attributes.axis as number] } }),
  ReduceMax: reduceRule,
  ReduceMean: reduceRule,
  Pad: (_node, p) => ({
    inputs: (graph, [x, pads]) => {
      const sizes = [...(pads.constant!.data as BigInt64Array)].map(Number);
      const back = inverse(p);
      const moved = [...permute(sizes.slice(0, p.length), back), ...permute(sizes.slice(p.length), back)];
      return [x, graph.constant(pads.name, intTensor(moved))];
    },
  }),
  Slice: (_node, p) => ({
    inputs: (graph, [x, starts, ends, axes, ...steps]) => {
      const count = (starts.constant!.data as BigInt64Array).length;
      const given = axes ? [...(axes.constant!.data as BigInt64Array)].map(Number) : range(0, count);
      const moved = given.map((axis) => p[axis < 0 ? axis + p.length : axis]);
      return [x, starts, ends, graph.constant(axes?.name ?? `${starts.name}_axes`, intTensor(moved)), ...steps];
    },
  }),
};

function reduceRule({ attributes }: Node, p: readonly number[]): Sunk {
  const axes = (attributes.axes as readonly number[]).map((axis) => p[axis]).sort((a, b) => a - b);
  if (attributes.keepdims === 1) return { attributes: { ...attributes, axes } };
  const kept = range(0, p.length).filter((axis) => !axes.includes(axis)); // axes of x that remain, in order
  const permutation = p.filter((axis) => !axes.includes(axis)).map((axis) => kept.indexOf(axis));
  return { attributes: { ...attributes, axes }, permutation };
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
    for (const created of sunk) producers.set(created.output, created);
    found ||= sunk.length > 0;
    return sunk.length > 0 ? sunk : [node];
  });
  return found;
}

/** The operator and the Transpose behind it, in place of an operator behind Transposes; nothing where there are none. */
function sinkThrough(graph: Graph, node: Node, producers: ReadonlyMap<Value, Node>): Node[] {
  const rule = sinkRules[node.op];
  if (!rule) return [];
  const transposes = node.inputs.filter((input) => !input.constant).map((input) => producers.get(input));
  const [first] = transposes;
  if (first?.op !== 'Transpose') return [];
  const p = permutationOf(first);
  if (!transposes.every((other) => other?.op === 'Transpose' && String(permutationOf(other)) === String(p))) return [];
  if (node.inputs.some(({ shape }) => shape.length > p.length)) return [];

  const sunk = rule(node, p);
  const inputs = node.inputs.map((input) => (input.constant ? input : producers.get(input)!.inputs[0]));
  const after = sunk.permutation ?? p;
  const created = graph.createNode(
    node.op,
    node.name,
    sunk.inputs ? sunk.inputs(graph, inputs) : inputs.map((input) => permutedConstant(graph, input, p)),
    permute(node.output.shape, inverse(after)),
    { ...node.attributes, ...sunk.attributes },
  );
  const back: Node = {
    op: 'Transpose',
    name: graph.uniqueName(`${node.name}/Transpose`),
    inputs: [created.output],
    output: node.output,
    attributes: { perm: after },
  };
  return [created, back];
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
