import { dataTypeCodes } from '../element-types.js';
import { type Graph, type Node, outputsOf, readsOf, subgraphsOf, type Value } from '../graph.js';
import { elementCount } from '../layout.js';
import { fitsHalf, isBeyondHalf, keepsFloat32, movesOnly } from './float32-operators.js';
import { halfTensor } from './half.js';

/**
 * The graph in float16, weights and arithmetic; its inputs and outputs stay float32.
 *
 * Nodes of float32-operators.ts stay in float32, and so do those with a constant that binary16 cannot hold: each value
 * has the type of the node that makes it, and readers of the other type read it through one Cast. The weights of a node
 * that stays are stored as float16 behind a Cast, so that a file is half as large whatever computes in float32; those of
 * `front_end/…` are left as they are.
 */
export function toFloat16(graph: Graph): void {
  new Halving(graph).run();
}

class Halving {
  readonly #nodes: Node[] = [];
  readonly #casts = new Map<Value, Value>();
  readonly #halves = new Map<Value, Value>();

  constructor(readonly graph: Graph) {}

  run(): void {
    for (const node of this.graph.nodes) {
      if (this.#staysFloat32(node)) this.#keep(node);
      else this.#halve(node);
      this.#nodes.push(node);
    }
    this.graph.nodes = this.#nodes;
    this.graph.outputs = this.graph.outputs.map((output) => this.#outside(output));
  }

  #staysFloat32(node: Node): boolean {
    if (keepsFloat32(node)) return true;
    const constants = node.inputs.filter(({ type, constant }) => constant && type === 'float32');
    if (!constants.every(({ constant }) => fitsHalf(constant!))) return true;
    const computed = node.inputs.filter(
      ({ type, constant }) => !constant && (type === 'float32' || type === 'float16'),
    );
    return movesOnly(node) && computed.length > 0 && computed.every(({ type }) => type === 'float32');
  }

  #halve(node: Node): void {
    node.inputs = node.inputs.map((input) => this.#asHalf(input));
    for (const output of outputsOf(node)) if (output.type === 'float32') output.type = 'float16';
  }

  #keep(node: Node): void {
    const inner = subgraphsOf(node);
    for (const value of new Set(readsOf(node))) {
      const single = node.name.startsWith('front_end/') ? value : this.#asSingle(value);
      if (single === value) continue;
      node.inputs = node.inputs.map((input) => (input === value ? single : input));
      for (const graph of inner) graph.replaceUses(value, single);
    }
  }

  #asHalf(value: Value): Value {
    if (value.type !== 'float32' || value.name === '') return value;
    return value.constant ? this.#halfConstant(value) : this.#cast(value, 'float16');
  }

  #asSingle(value: Value): Value {
    if (value.type === 'float16') return this.#cast(value, 'float32');
    const large = value.constant && value.type === 'float32' && elementCount(value.constant.shape) >= largeWeight;
    if (!large || isBeyondHalf(value.constant!)) return value;
    return this.#cast(this.#halfConstant(value), 'float32');
  }

  #halfConstant(value: Value): Value {
    const known = this.#halves.get(value) ?? this.graph.constant(value.name, halfTensor(value.constant!));
    this.#halves.set(value, known);
    return known;
  }

  #cast(value: Value, type: 'float16' | 'float32'): Value {
    const known = this.#casts.get(value);
    if (known) return known;
    const node = this.graph.createNode('Cast', `${value.name}/${type}`, [value], value.shape, {
      to: dataTypeCodes[type],
    });
    this.#nodes.push(node);
    this.#casts.set(value, node.output);
    return node.output;
  }

  /** An output keeps its name and float32. */
  #outside(output: Value): Value {
    if (output.type !== 'float16') return output;
    const { name } = output;
    output.name = this.graph.uniqueName(`${name}/float16`);
    const cast = this.#cast(output, 'float32');
    cast.name = name;
    return cast;
  }
}

/** Weights of fewer elements are not worth a Cast. */
const largeWeight = 256;
