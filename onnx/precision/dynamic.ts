import { dataTypeCodes } from '../element-types.js';
import type { Graph, Node, Value } from '../graph.js';
import { type Product, productOf } from './products.js';
import { quantisedWeights, zeroPoint } from './quantised-weights.js';
import { weightsFromBytes } from './stored-bytes.js';

/**
 * Dense products of bytes, what comes in quantised as it comes, by its own range:
 *
 * x → DynamicQuantizeLinear → bytes, scale, zero point; bytes · weights → MatMulInteger (int32) → Cast → Mul by scale ·
 * (the column's scale of the weights) → Add the bias (ai.onnx 10, 11).
 *
 * Convolutions and recurrent layers compute in float32 over weights stored as bytes: ConvInteger runs on the CPU alone,
 * there at a half to two thirds of that speed (onnxruntime 1.30), and quantises what comes in besides.
 */
export function toDynamicInt8(graph: Graph): void {
  const known: Known = { inputs: new Map(), weights: new Map(), stored: new Map() };
  graph.nodes = graph.nodes.flatMap((node) => {
    const product = productOf(node, graph);
    if (!product || product.kind === 'Conv') return [...weightsFromBytes(graph, node, known.stored), node];
    return integerProduct(graph, product, known);
  });
}

/** What was quantised before: nodes that read the same share it. */
interface Known {
  /** Bytes, scale, zero point. */
  readonly inputs: Map<Value, readonly Value[]>;
  readonly weights: Map<Value, readonly Value[]>;
  /** From bytes to float32. */
  readonly stored: Map<Value, Value>;
}

function integerProduct(graph: Graph, product: Product, known: Known): Node[] {
  const { node, weights, axis, bias } = product;
  const nodes: Node[] = [];
  const add = (op: string, inputs: Value[], attributes: Node['attributes'] = {}) => {
    nodes.push(graph.createNode(op, `${node.name}/${op}`, inputs, node.output.shape, attributes));
    return nodes.at(-1)!.output;
  };
  const [x] = node.inputs;
  const input = known.inputs.get(x) ?? quantise(graph, x, nodes);
  known.inputs.set(x, input);
  const [bytes, scale, zero] = input;
  const weight = known.weights.get(weights) ?? constants(graph, weights, axis);
  known.weights.set(weights, weight);
  const [weightBytes, weightScale, weightZero] = weight;
  const sums = add('MatMulInteger', [bytes, weightBytes, zero, weightZero]);
  const numbers = add('Cast', [sums], { to: dataTypeCodes.float32 });
  const both = graph.createNode('Mul', `${node.name}/scale`, [scale, weightScale], weightScale.shape);
  nodes.push(both);
  const scaled = add('Mul', [numbers, both.output]);
  if (bias) add('Add', [scaled, bias]);
  nodes.push({ ...nodes.pop()!, output: node.output });
  return nodes;
}

function constants(graph: Graph, { name, constant }: Value, axis: number): Value[] {
  const { bytes, scale } = quantisedWeights(constant!, axis);
  return [
    graph.constant(name, bytes),
    graph.constant(`${name}_scale`, scale),
    graph.constant(`${name}_zero_point`, zeroPoint([])),
  ];
}

/** Bytes, scale and zero point of what comes in, once for all that read it. */
function quantise(graph: Graph, x: Value, nodes: Node[]): readonly Value[] {
  const created = graph.createNode('DynamicQuantizeLinear', `${x.name}/DynamicQuantizeLinear`, [x], x.shape);
  const scale: Value = { name: graph.uniqueName(`${created.name}/scale`), type: 'float32', shape: [] };
  const zeroPoint: Value = { name: graph.uniqueName(`${created.name}/zero_point`), type: 'uint8', shape: [] };
  nodes.push({ ...created, more: [scale, zeroPoint] });
  return [created.output, scale, zeroPoint];
}
