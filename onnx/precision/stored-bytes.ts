import type { Graph, Node, Value } from '../graph.js';
import { isLargeWeight } from './products.js';
import { quantisedWeights, zeroPoint } from './quantised-weights.js';

/** Operators that may compute in float32 over weights stored as bytes: which input, and the axis that outputs lie along. */
const stored: Readonly<Record<string, readonly { readonly input: number; readonly axis: number }[]>> = {
  Conv: [{ input: 1, axis: 0 }],
  ConvTranspose: [{ input: 1, axis: 1 }],
  GRU: [1, 2].map((input) => ({ input, axis: 1 })),
  LSTM: [1, 2].map((input) => ({ input, axis: 1 })),
  RNN: [1, 2].map((input) => ({ input, axis: 1 })),
};

/**
 * The nodes that bring a node its weights from bytes: weights → DequantizeLinear (ai.onnx 13) → node.
 *
 * @param known what was brought before: nodes that share weights share their bytes
 */
export function weightsFromBytes(graph: Graph, node: Node, known: Map<Value, Value>): Node[] {
  if (node.name.startsWith('front_end/')) return [];
  return (stored[node.op] ?? []).flatMap(({ input, axis }) => {
    const weights = node.inputs[input];
    if (!isLargeWeight(weights)) return [];
    const before = known.get(weights);
    if (before) {
      node.inputs = node.inputs.with(input, before);
      return [];
    }
    const { bytes, scale } = quantisedWeights(weights.constant!, axis);
    const inputs = [
      graph.constant(weights.name, bytes),
      graph.constant(`${weights.name}_scale`, scale),
      graph.constant(`${weights.name}_zero_point`, zeroPoint(scale.shape)),
    ];
    const name = `${weights.name}/DequantizeLinear`;
    const dequantise = graph.createNode('DequantizeLinear', name, inputs, weights.shape, { axis });
    known.set(weights, dequantise.output);
    node.inputs = node.inputs.with(input, dequantise.output);
    return [dequantise];
  });
}
