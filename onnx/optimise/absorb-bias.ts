import { floatTensor, type Graph, type Node, type Value } from '../graph.js';
import { elementCount } from '../layout.js';

/** The number of output channels of an operator that takes a bias, where it has none yet. */
function openChannels({ op, inputs, attributes }: Node): number | undefined {
  const [a, weights, bias] = inputs;
  if (bias || !weights?.constant || weights.type !== 'float32') return undefined;
  if (op === 'Conv') return weights.constant.shape[0];
  if (op === 'ConvTranspose') return weights.constant.shape[1] * Number(attributes.group ?? 1);
  if (op === 'MatMul' && a.shape.length === 2 && weights.shape.length === 2) return weights.constant.shape[1];
  return undefined;
}

/**
 * Conv → Add, MatMul (of matrices) → Add  ⇒  Conv, Gemm with that bias: a constant of one number a channel, along
 * axis 1 of what it is added to.
 */
export function absorbBias(graph: Graph): boolean {
  const producers = graph.producers();
  const consumers = graph.consumers();
  for (const add of graph.nodes) {
    if (add.op !== 'Add') continue;
    const linear = add.inputs.map((input) => producers.get(input)).find((node) => node && openChannels(node));
    const bias = add.inputs.find(({ constant }) => constant);
    if (!linear || !bias || consumers.get(linear.output)!.length > 1 || graph.outputs.includes(linear.output)) continue;
    const values = biasOf(bias, openChannels(linear)!, linear.output.shape.length);
    if (!values) continue;
    const constant = graph.constant(bias.name, floatTensor([values.length], values));
    linear.inputs = [...linear.inputs.slice(0, 2), constant];
    if (linear.op === 'MatMul') Object.assign(linear, { op: 'Gemm' });
    graph.replaceUses(add.output, linear.output);
    return true;
  }
  return false;
}

/** One number a channel, of a constant that broadcasts along axis 1 of `rank` alone. */
function biasOf({ constant }: Value, channels: number, rank: number): Float32Array | undefined {
  const { shape, data } = constant!;
  const skipped = rank - shape.length;
  if (skipped < 0 || !(data instanceof Float32Array)) return undefined;
  const alongChannels = shape.every((size, axis) => size === (axis + skipped === 1 ? channels : 1));
  return alongChannels && elementCount(shape) === channels ? data : undefined;
}
