import { dataTypeCodes } from '../element-types.js';
import type { Graph, Node, Value } from '../graph.js';
import { reshapeTensor } from '../layout.js';
import { type Product, productOf } from './products.js';
import { quantisedWeights } from './quantised-weights.js';
import { weightsFromBytes } from './stored-bytes.js';

/**
 * Products of bytes, what comes in quantised as it comes, by its own range:
 *
 * x → DynamicQuantizeLinear → bytes, scale, zero point; bytes · weights → MatMulInteger or ConvInteger (int32) → Cast →
 * Mul by scale · (the channel's scale of the weights) → Add the bias (ai.onnx 10, 11).
 *
 * Recurrent and transposed layers compute in float32 over weights stored as bytes.
 */
export function toDynamicInt8(graph: Graph): void {
  const quantised = new Map<Value, readonly Value[]>();
  graph.nodes = graph.nodes.flatMap((node) => {
    const product = productOf(node, graph);
    return product ? integerProduct(graph, product, quantised) : [...weightsFromBytes(graph, node), node];
  });
}

function integerProduct(graph: Graph, product: Product, quantised: Map<Value, readonly Value[]>): Node[] {
  const { node, kind, weights, axis, bias } = product;
  const nodes: Node[] = [];
  const add = (op: string, inputs: Value[], attributes: Node['attributes'] = {}) => {
    const created = graph.createNode(op, `${node.name}/${op}`, inputs, node.output.shape, attributes);
    nodes.push(created);
    return created.output;
  };
  const [x] = node.inputs;
  const known = quantised.get(x) ?? quantise(graph, x, nodes);
  quantised.set(x, known);
  const [bytes, scale, zeroPoint] = known;

  const weight = quantisedWeights(weights.constant!, axis);
  const constants = [
    graph.constant(weights.name, weight.bytes),
    graph.constant(`${weights.name}_zero_point`, weight.zeroPoint),
  ];
  const op = kind === 'Conv' ? 'ConvInteger' : 'MatMulInteger';
  const attributes = kind === 'Conv' ? node.attributes : {};
  const sums = add(op, [bytes, constants[0], zeroPoint, constants[1]], attributes);
  const numbers = add('Cast', [sums], { to: dataTypeCodes.float32 });
  const perChannel = kind === 'Conv' ? [1, weight.scale.shape[0], ...weights.shape.slice(2).map(() => 1)] : undefined;
  const along = (label: string, tensor: typeof weight.scale) =>
    graph.constant(label, perChannel ? reshapeTensor(tensor, perChannel as number[]) : tensor);
  const weightScale = along(`${weights.name}_scale`, weight.scale);
  const both = graph.createNode('Mul', `${node.name}/scale`, [scale, weightScale], weightScale.shape);
  nodes.push(both);
  const scaled = add('Mul', [numbers, both.output]);
  if (bias) add('Add', [scaled, bias.constant ? along(bias.name, bias.constant) : bias]);
  nodes.push({ ...nodes.pop()!, output: node.output });
  return nodes;
}

/** Bytes, scale and zero point of what comes in, once for all that read it. */
function quantise(graph: Graph, x: Value, nodes: Node[]): readonly Value[] {
  const created = graph.createNode('DynamicQuantizeLinear', `${x.name}/DynamicQuantizeLinear`, [x], x.shape);
  const scale: Value = { name: graph.uniqueName(`${created.name}/scale`), type: 'float32', shape: [] };
  const zeroPoint: Value = { name: graph.uniqueName(`${created.name}/zero_point`), type: 'uint8', shape: [] };
  nodes.push({ ...created, more: [scale, zeroPoint] });
  return [created.output, scale, zeroPoint];
}
