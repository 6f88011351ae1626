import { round } from '../fold/arithmetic.js';
import { floatTensor, type Graph, type Node, type Tensor, type Value } from '../graph.js';
import { type Product, productOf } from './products.js';
import { quantisedWeights, zeroPoint } from './quantised-weights.js';
import { weightsFromBytes } from './stored-bytes.js';

/** The least and largest elements of each value, by its name in the float32 file, over what is typical. */
export type Ranges = Readonly<Record<string, { readonly low: number; readonly high: number }>>;

/**
 * Products of bytes with ranges known beforehand, as pairs of QuantizeLinear and DequantizeLinear (ai.onnx 13) around
 * float operators, which every runtime can run and onnxruntime fuses: at what comes into a Conv, Gemm or MatMul, at its
 * weights and bias, and at what comes out of a Conv, or of the Relu or Clip behind it.
 *
 * @throws RangeError for a value without a range
 */
export function toCalibratedInt8(graph: Graph, ranges: Ranges): void {
  new Calibration(graph, ranges).run();
}

class Calibration {
  readonly #pairs = new Map<Value, { readonly value: Value; readonly scale: number }>();
  readonly #consumers: ReadonlyMap<Value, Node[]>;
  readonly #stored = new Map<Value, Value>();
  readonly #weights = new Map<Value, { readonly value: Value; readonly scale: Tensor }>();
  readonly #convolved = new Set<Value>();
  #nodes: Node[] = [];

  constructor(
    readonly graph: Graph,
    readonly ranges: Ranges,
  ) {
    this.#consumers = graph.consumers();
  }

  run(): void {
    for (const node of this.graph.nodes) {
      const product = productOf(node, this.graph);
      if (product) this.#product(product);
      else this.#nodes.push(...weightsFromBytes(this.graph, node, this.#stored), this.#reading(node));
      if (this.#convolved.has(node.inputs[0]) && isClipping(node)) this.#convolved.add(node.output);
      if (product?.kind === 'Conv') this.#convolved.add(node.output);
      if (this.#convolved.has(node.output) && !this.#isClippedNext(node.output)) this.#pair(node.output);
    }
    this.graph.nodes = this.#nodes;
  }

  /** A node that reads what a convolution gave reads its bytes, where such were made. */
  #reading(node: Node): Node {
    node.inputs = node.inputs.map((input) =>
      this.#convolved.has(input) ? (this.#pairs.get(input)?.value ?? input) : input,
    );
    return node;
  }

  #isClippedNext(value: Value): boolean {
    const [next, ...others] = this.#consumers.get(value) ?? [];
    return this.graph.outputs.includes(value) || (next !== undefined && others.length === 0 && isClipping(next));
  }

  #product(product: Product): void {
    const { node, kind } = product;
    const x = this.#pair(node.inputs[0]);
    node.inputs = [x.value, ...this.#weightsOf(product, x)];
    const { transB: _, ...attributes } = node.attributes;
    node.attributes = kind === 'Gemm' ? attributes : node.attributes;
    this.#nodes.push(node);
  }

  /** Weights from bytes, once for all products that share them; a bias goes with the steps of what comes in. */
  #weightsOf({ weights, axis, bias }: Product, x: { readonly value: Value; readonly scale: number }): readonly Value[] {
    const known = this.#weights.get(weights) ?? this.#dequantised(weights, axis);
    this.#weights.set(weights, known);
    const numbers = bias?.constant;
    return [known.value, ...(bias ? [numbers ? this.#bias(bias, numbers, known.scale, x.scale) : bias] : [])];
  }

  #dequantised(weights: Value, axis: number): { readonly value: Value; readonly scale: Tensor } {
    const { bytes, scale } = quantisedWeights(weights.constant!, axis);
    const value = this.#constant('DequantizeLinear', weights, bytes, scale, axis, zeroPoint(scale.shape));
    return { value, scale };
  }

  /**
   * As int32 in steps of the products': scale of what comes in · the channel's scale. One that is too large for them
   * stays float32.
   */
  #bias(bias: Value, known: Tensor, weightScale: Tensor, inputScale: number): Value {
    const scales = Float32Array.from(weightScale.data as Float32Array, (each) => each * inputScale);
    if ((known.data as Float32Array).some((each, i) => Math.abs(each / scales[i]) > 2 ** 30)) return bias;
    const data = Int32Array.from(known.data as Float32Array, (each, i) => round(each / scales[i]));
    const scale = floatTensor(weightScale.shape, scales);
    return this.#constant('DequantizeLinear', bias, { type: 'int32', shape: known.shape, data }, scale, 0);
  }

  #constant(op: string, of: Value, data: Tensor, scale: Tensor, axis: number, zero?: Tensor): Value {
    const inputs = [this.graph.constant(of.name, data), this.graph.constant(`${of.name}_scale`, scale)];
    if (zero) inputs.push(this.graph.constant(`${of.name}_zero_point`, zero));
    const node = this.graph.createNode(op, `${of.name}/${op}`, inputs, data.shape, { axis });
    this.#nodes.push(node);
    return node.output;
  }

  /** value → QuantizeLinear → DequantizeLinear, once for all that read it. */
  #pair(value: Value): { readonly value: Value; readonly scale: number } {
    const known = this.#pairs.get(value);
    if (known) return known;
    const { scale, zero } = this.#steps(value);
    const constants = [
      this.graph.constant(`${value.name}/scale`, floatTensor([], [scale])),
      this.graph.constant(`${value.name}/zero_point`, zeroPoint([], zero)),
    ];
    const quantise = this.graph.createNode(
      'QuantizeLinear',
      `${value.name}/QuantizeLinear`,
      [value, ...constants],
      value.shape,
    );
    const name = `${value.name}/DequantizeLinear`;
    const dequantise = this.graph.createNode('DequantizeLinear', name, [quantise.output, ...constants], value.shape);
    this.#nodes.push(quantise, dequantise);
    const pair = { value: dequantise.output, scale };
    this.#pairs.set(value, pair);
    return pair;
  }

  /** 256 steps from the least to the largest element, 0 on one of them. */
  #steps({ name }: Value): { scale: number; zero: number } {
    if (!Object.hasOwn(this.ranges, name))
      throw new RangeError(`value "${name}" has no range: calibrate on a float32 file of the same model`);
    const low = Math.min(0, this.ranges[name].low);
    const high = Math.max(0, this.ranges[name].high);
    const scale = Math.fround((high - low) / 255) || 1;
    return { scale, zero: Math.min(255, Math.max(0, round(-low / scale))) };
  }
}

const isClipping = ({ op }: Node): boolean => op === 'Relu' || op === 'Clip';
