import { floatTensor, type Graph, type Node, type Tensor } from '../graph.js';

/** The axis of each operator's weights that is the output channel. */
const outputAxis: Record<string, number> = { Conv: 0, Gemm: 1 };

/**
 * Conv or Gemm → BatchNormalization  ⇒  Conv or Gemm with s · W and s · (b − mean) + beta, where
 * s = gamma / √(variance + epsilon) per output channel; computed in double precision, rounded once.
 *
 * Only where nothing else reads what stands between the two, and s is finite.
 */
export function foldBatchNormalization(graph: Graph): boolean {
  const producers = graph.producers();
  const consumers = graph.consumers();
  let found = false;
  for (const node of graph.nodes) {
    if (node.op !== 'BatchNormalization') continue;
    const [x, ...parameters] = node.inputs;
    const linear = producers.get(x);
    if (!linear || !isKnown(linear) || !parameters.every(({ constant }) => constant)) continue;
    if (consumers.get(x)!.length > 1 || graph.outputs.includes(x)) continue;
    const { scale, shift } = affine(
      node,
      parameters.map(({ constant }) => constant!.data as Float32Array),
    );
    if (!scale.every(Number.isFinite)) continue;

    const [input, weights, bias] = linear.inputs;
    const biases = bias?.constant?.data as Float32Array | undefined;
    const folded = scale.map((s, channel) => s * (biases ? biases[channel] : 0) + shift[channel]);
    linear.inputs = [
      input,
      graph.constant(weights.name, scaleChannels(weights.constant!, outputAxis[linear.op], scale)),
      graph.constant(bias?.name ?? `${linear.name}/bias`, floatTensor([folded.length], folded)),
    ];
    graph.replaceUses(node.output, linear.output);
    consumers.set(linear.output, consumers.get(node.output) ?? []);
    found = true;
  }
  return found;
}

/** Whether weights and bias are constants that `scaleChannels` understands: in their usual order, one bias a channel. */
function isKnown({ op, inputs: [, weights, bias], attributes }: Node): boolean {
  if (!(op in outputAxis) || !weights.constant || attributes.transB) return false;
  return !bias || (bias.constant !== undefined && bias.constant.data.length === weights.constant.shape[outputAxis[op]]);
}

/** Batch normalisation as scale · x + shift, per channel. */
function affine(node: Node, [gamma, beta, mean, variance]: Float32Array[]): { scale: number[]; shift: number[] } {
  const epsilon = (node.attributes.epsilon as { float: number }).float;
  const scale = [...gamma].map((g, channel) => g / Math.sqrt(variance[channel] + epsilon));
  return { scale, shift: scale.map((s, channel) => beta[channel] - s * mean[channel]) };
}

function scaleChannels(tensor: Tensor, axis: number, scale: readonly number[]): Tensor {
  const inner = tensor.shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const source = tensor.data as Float32Array;
  const data = new Float32Array(source.length);
  let channel = 0;
  for (let start = 0; start < data.length; start += inner) {
    for (let i = start; i < start + inner; i++) data[i] = source[i] * scale[channel];
    channel = (channel + 1) % scale.length;
  }
  return { ...tensor, data };
}
