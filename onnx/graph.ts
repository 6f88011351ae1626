import { infer } from './infer/index.js';
import { typeOf } from './infer/types.js';

/** A size along one axis: known, or symbolic by name (`batch`). */
export type Dimension = number | string;

/** Element types that a converted model uses. */
export type ElementType = 'float32' | 'float16' | 'int8' | 'uint8' | 'int32' | 'int64' | 'bool' | 'string';

/** The array in which each type's elements are kept: float16 as its 16 bits, bool as 0 and 1. */
export interface DataOf {
  float32: Float32Array;
  float16: Uint16Array;
  int8: Int8Array;
  uint8: Uint8Array;
  int32: Int32Array;
  int64: BigInt64Array;
  bool: Uint8Array;
  string: string[];
}

/** Data known when the file is written: a weight, or a shape or bound that an operator takes as input. */
export interface Tensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: DataOf[ElementType];
}

/** What flows between nodes. A value with `constant` becomes an initializer; its own layout is that of the shape. */
export interface Value {
  name: string;
  type: ElementType;
  readonly shape: readonly Dimension[];
  readonly constant?: Tensor;
  /** A sequence of tensors of this type and shape, not one tensor (SequenceEmpty and what follows it). */
  readonly sequence?: boolean;
  /**
   * What is known of the elements of a vector (or scalar) of integers computed from sizes: `['batch', 12, undefined]`.
   * What is known in full is a constant instead.
   */
  readonly elements?: readonly (Dimension | undefined)[];
}

/** An attribute of an operator; numbers are ints unless wrapped as `{ float }`, lists too (`{ floats }`). */
export type Attribute =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: Tensor }
  | { readonly graph: Graph };

/** One operator of the ONNX default domain (ai.onnx), or of the `domain` that is named. */
export interface Node {
  readonly op: string;
  readonly domain?: 'ai.onnx.ml';
  readonly name: string;
  inputs: Value[];
  output: Value;
  /** The outputs after the first, of operators that have several. */
  readonly more?: readonly Value[];
  attributes: Readonly<Record<string, Attribute>>;
}

/** Stands where an operator's optional input is not given. */
export const absent: Value = { name: '', type: 'float32', shape: [] };

/** A float attribute: `{ alpha: float(0.3) }`. */
export const float = (value: number): Attribute => ({ float: value });

export const floatTensor = (shape: readonly number[], data: ArrayLike<number>): Tensor => ({
  type: 'float32',
  shape,
  data: Float32Array.from(data),
});

/** A one-dimensional int64 tensor, as shapes, axes and pads are given. */
export const intTensor = (values: readonly number[]): Tensor => ({
  type: 'int64',
  shape: [values.length],
  data: BigInt64Array.from(values, BigInt),
});

/** Operators with attributes that are graphs. */
const holders: ReadonlySet<string> = new Set(['If', 'Loop', 'Scan']);

/** The graphs that a node holds: the branches of an If, the body of a Loop. */
export const subgraphsOf = ({ op, attributes }: Node): Graph[] =>
  !holders.has(op)
    ? []
    : Object.values(attributes).flatMap((value) =>
        typeof value === 'object' && 'graph' in value ? [value.graph] : [],
      );

/** What a node reads: its inputs, and what the graphs inside it read of the graphs around them. */
export const readsOf = (node: Node): Value[] => [
  ...node.inputs,
  ...subgraphsOf(node).flatMap((graph) => [...graph.used()]),
];

export const outputsOf = ({ output, more = [] }: Node): Value[] => [output, ...more];

/**
 * The model between tfjs and the file: nodes in execution order over named values with shapes. Converters append to
 * it, passes rewrite it, `encode` writes it.
 */
export class Graph {
  nodes: Node[] = [];
  readonly inputs: Value[] = [];
  outputs: Value[] = [];
  readonly #names: Set<string>;

  /** @param around the graph whose node holds this one: names are shared, and its values can be read */
  constructor(readonly around?: Graph) {
    this.#names = around ? around.#names : new Set();
  }

  /** `base`, or `base_1`, `base_2`, … where it is taken: names of nodes and values are unique in a file. */
  uniqueName(base: string): string {
    let name = base;
    for (let n = 1; this.#names.has(name); n++) name = `${base}_${n}`;
    this.#names.add(name);
    return name;
  }

  input(name: string, type: ElementType, shape: readonly Dimension[]): Value {
    const value = { name: this.uniqueName(name), type, shape };
    this.inputs.push(value);
    return value;
  }

  /** Known data. Its name is made unique only by `nameConstants`: passes replace constants without renaming them. */
  constant(name: string, tensor: Tensor): Value {
    return { name, type: tensor.type, shape: tensor.shape, constant: tensor };
  }

  /**
   * A node that is not yet in the graph, with a fresh output of this shape; its name and its output's are one. Without a
   * shape the operator's own rule gives it (infer/).
   */
  createNode(
    op: string,
    name: string,
    inputs: Value[],
    shape?: readonly Dimension[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Node {
    const unique = this.uniqueName(name);
    const [output, ...more] = this.#infer(op, unique, inputs, shape && [shape], attributes);
    return { op, name: unique, inputs, output, ...(more.length > 0 && { more }), attributes };
  }

  #infer(
    op: string,
    name: string,
    inputs: readonly Value[],
    shapes: readonly (readonly Dimension[])[] | undefined,
    attributes: Readonly<Record<string, Attribute>>,
  ): Value[] {
    const outputs = shapes
      ? shapes.map((shape) => ({ type: typeOf(op, inputs, attributes), shape }))
      : infer({ op, name, inputs, attributes }, (label) => this.uniqueName(`${name}_${label}`));
    return outputs.map((output, i) => ({ name: i === 0 ? name : this.uniqueName(`${name}_output${i}`), ...output }));
  }

  /** Appends a node and returns its output. */
  add(...node: Parameters<Graph['createNode']>): Value {
    const created = this.createNode(...node);
    this.nodes.push(created);
    return created.output;
  }

  /** Appends a node and returns all its outputs: one of each shape and of the first input's type, or as inferred. */
  addWithOutputs(
    op: string,
    name: string,
    inputs: Value[],
    shapes?: readonly (readonly Dimension[])[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value[] {
    const unique = this.uniqueName(name);
    const [output, ...more] = this.#infer(op, unique, inputs, shapes, attributes);
    this.nodes.push({ op, name: unique, inputs, output, more, attributes });
    return [output, ...more];
  }

  /** The constants that nodes read, those inside subgraphs too, and those that are themselves outputs. */
  constants(): Value[] {
    return [...this.used()].filter((value) => value.constant);
  }

  /** Gives the constants that are left their final names. */
  nameConstants(): void {
    for (const value of this.constants()) value.name = this.uniqueName(value.name);
  }

  /**
   * Gives each output of the graphs inside a node of their own that makes it, as the format demands: what they pass on
   * from outside, or give twice, is copied.
   */
  closeSubgraphs(): void {
    for (const inner of this.nodes.flatMap(subgraphsOf)) {
      const own = new Set(inner.nodes.flatMap(outputsOf));
      inner.outputs = inner.outputs.map((output) =>
        own.delete(output) ? output : inner.add('Identity', `${output.name}/Identity`, [output]),
      );
      inner.closeSubgraphs();
    }
  }

  /** The values that nodes or the graph's outputs read. */
  used(): Set<Value> {
    return new Set([...this.nodes.flatMap(readsOf), ...this.outputs]);
  }

  producers(): Map<Value, Node> {
    return new Map(this.nodes.flatMap((node) => outputsOf(node).map((output) => [output, node])));
  }

  /** The nodes that read each value, themselves or in a graph inside. A graph output is not a consumer: see `outputs`. */
  consumers(): Map<Value, Node[]> {
    const consumers = new Map<Value, Node[]>();
    for (const node of this.nodes)
      for (const input of new Set(readsOf(node))) consumers.set(input, [...(consumers.get(input) ?? []), node]);
    return consumers;
  }

  /** What `attempt` gives, where it gives it; the names that a failed attempt took are free again. */
  tryOut<T>(attempt: () => T | undefined): T | undefined {
    const before = new Set(this.#names);
    const result = attempt();
    if (result === undefined) for (const name of this.#names) if (!before.has(name)) this.#names.delete(name);
    return result;
  }

  /** Makes everything that read `from` read `to`, the graph's outputs included. */
  replaceUses(from: Value, to: Value): void {
    for (const node of this.nodes) {
      if (node.inputs.includes(from)) node.inputs = node.inputs.map((input) => (input === from ? to : input));
      for (const inner of subgraphsOf(node)) inner.replaceUses(from, to);
    }
    this.outputs = this.outputs.map((output) => (output === from ? to : output));
  }
}
