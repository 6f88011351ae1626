import type { Graph, Node, Value } from '../graph.js';
import { elementCount, transposeTensor } from '../layout.js';

/** A convolution or product with constant weights, as it is quantised. */
export interface Product {
  readonly node: Node;
  readonly kind: 'Conv' | 'Gemm' | 'MatMul';
  /** Of Conv (out, in / group, …space); of the others (in, out). */
  readonly weights: Value;
  /** The axis of the weights that outputs are counted along. */
  readonly axis: number;
  readonly bias?: Value;
}

/** Fewer weights are not worth the nodes around them. */
const fewest = 256;

export const isLargeWeight = ({ constant, type }: Value): boolean =>
  constant !== undefined && type === 'float32' && elementCount(constant.shape) >= fewest;

/** What of the graph is a Conv, Gemm or MatMul with enough weights; not the front end, whose powers need float32. */
export function productOf(node: Node, graph: Graph): Product | undefined {
  const { op, inputs, attributes } = node;
  if (node.name.startsWith('front_end/') || !inputs[1] || !isLargeWeight(inputs[1])) return undefined;
  if (op === 'Conv') return { node, kind: op, weights: inputs[1], axis: 0, bias: inputs[2] };
  if (inputs[1].shape.length !== 2) return undefined;
  if (op === 'MatMul') return { node, kind: op, weights: inputs[1], axis: 1 };
  if (op !== 'Gemm' || attributes.transA || 'alpha' in attributes || 'beta' in attributes) return undefined;
  const weights = attributes.transB ? transposed(inputs[1], graph) : inputs[1];
  const isRow = !inputs[2] || inputs[2].shape.length === 1;
  return isRow ? { node, kind: op, weights, axis: 1, bias: inputs[2] } : undefined;
}

const transposed = ({ name, constant }: Value, graph: Graph): Value =>
  graph.constant(name, transposeTensor(constant!, [1, 0]));
