import { floatTensor, type Graph, type Node, type Value } from '../graph.js';

/** Operators that take a bias for each channel of their output. */
const convolutions: readonly string[] = ['Conv', 'ConvTranspose'];
const linear: readonly string[] = [...convolutions, 'MatMul', 'Gemm'];

/**
 * Conv + constant of one value a channel  ⇒  Conv with that bias; MatMul of two matrices + constant of one value a column
 * ⇒  Gemm. Only where nothing else reads what stands between the two.
 */
export function absorbBias(graph: Graph): boolean {
  const producers = graph.producers();
  const consumers = graph.consumers();
  for (const node of graph.nodes) {
    if (node.op !== 'Add') continue;
    const at = node.inputs.findIndex((input) => linear.includes(producers.get(input)?.op ?? ''));
    const addend = node.inputs[1 - at];
    if (at < 0 || addend?.constant?.type !== 'float32' || node.inputs[at].type !== 'float32') continue;
    const product = node.inputs[at];
    const producer = producers.get(product)!;
    if (consumers.get(product)!.length > 1 || graph.outputs.includes(product)) continue;
    const values = biasOf(producer, addend);
    if (!values) continue;
    const [x, weights, bias] = producer.inputs;
    const before = bias?.constant?.data as Float32Array | undefined;
    const sum = values.map((value, i) => value + (before ? before[i] : 0));
    producer.inputs = [x, weights, graph.constant(addend.name, floatTensor([sum.length], sum))];
    if (producer.op === 'MatMul') graph.nodes.splice(graph.nodes.indexOf(producer), 1, { ...producer, op: 'Gemm' });
    graph.replaceUses(node.output, product);
    return true;
  }
  return false;
}

/** What is added to each output channel, where it is one value for each, and the node takes it as a bias. */
function biasOf({ op, inputs, output, attributes }: Node, addend: Value): number[] | undefined {
  const rank = output.shape.length;
  const axis = convolutions.includes(op) ? 1 : rank - 1;
  const channels = output.shape[axis];
  const [a, b, bias] = inputs;
  if (typeof channels !== 'number' || addend.shape.length > rank) return undefined;
  if (!convolutions.includes(op) && (a.shape.length !== 2 || b.shape.length !== 2)) return undefined;
  if (bias && (bias.constant?.type !== 'float32' || String(bias.shape) !== String([channels]))) return undefined;
  if (op === 'Gemm' && bias && (attributes.beta ?? 1) !== 1) return undefined;
  const sizes = [...new Array<number>(rank - addend.shape.length).fill(1), ...addend.shape];
  if (!sizes.every((size, i) => size === 1 || (i === axis && size === channels))) return undefined;
  const data = addend.constant!.data as Float32Array;
  return Array.from({ length: channels }, (_, i) => data[data.length === 1 ? 0 : i]);
}
