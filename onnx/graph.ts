/** A size along one axis: known, or symbolic by name (`batch`). */
export type Dimension = number | string;

/** Element types that a converted model uses. */
export type ElementType = 'float32' | 'int32' | 'int64';

/** Data known when the file is written: a weight, or a shape or bound that an operator takes as input. */
export interface Tensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | BigInt64Array;
}

/** What flows between nodes. A value with `constant` becomes an initializer; its own layout is that of the shape. */
export interface Value {
  name: string;
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
  readonly constant?: Tensor;
}

/** An attribute of an operator; numbers are ints unless wrapped as `{ float }`. */
export type Attribute = number | string | readonly number[] | readonly string[] | { readonly float: number };

/** One operator of the ONNX default domain (ai.onnx). */
export interface Node {
  readonly op: string;
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

export const outputsOf = ({ output, more = [] }: Node): Value[] => [output, ...more];

/**
 * The model between tfjs and the file: nodes in execution order over named values with shapes. Converters append to
 * it, passes rewrite it, `encode` writes it.
 */
export class Graph {
  nodes: Node[] = [];
  readonly inputs: Value[] = [];
  outputs: Value[] = [];
  readonly #names = new Set<string>();

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

  /** A node that is not yet in the graph, with a fresh output of this shape; its name and its output's are one. */
  createNode(
    op: string,
    name: string,
    inputs: Value[],
    shape: readonly Dimension[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Node {
    const unique = this.uniqueName(name);
    const type = op === 'Shape' ? 'int64' : inputs[0].type;
    return { op, name: unique, inputs, output: { name: unique, type, shape }, attributes };
  }

  /** Appends a node and returns its output. */
  add(...node: Parameters<Graph['createNode']>): Value {
    const created = this.createNode(...node);
    this.nodes.push(created);
    return created.output;
  }

  /** Appends a node with an output of each shape, all of the first input's type, and returns them. */
  addWithOutputs(
    op: string,
    name: string,
    inputs: Value[],
    shapes: readonly (readonly Dimension[])[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value[] {
    const node = this.createNode(op, name, inputs, shapes[0], attributes);
    const more = shapes.slice(1).map((shape, i): Value => {
      return { name: this.uniqueName(`${node.name}_output${i + 1}`), type: inputs[0].type, shape };
    });
    this.nodes.push({ ...node, more });
    return [node.output, ...more];
  }

  /** The constants that nodes read. */
  constants(): Value[] {
    return [...new Set(this.nodes.flatMap((node) => node.inputs))].filter((value) => value.constant);
  }

  /** Gives the constants that are left their final names. */
  nameConstants(): void {
    for (const value of this.constants()) value.name = this.uniqueName(value.name);
  }

  /** The values that nodes or the graph's outputs read. */
  used(): Set<Value> {
    return new Set([...this.outputs, ...this.nodes.flatMap((node) => node.inputs)]);
  }

  producers(): Map<Value, Node> {
    return new Map(this.nodes.flatMap((node) => outputsOf(node).map((output) => [output, node])));
  }

  /** The nodes that read each value. A graph output is not a consumer: see `outputs`. */
  consumers(): Map<Value, Node[]> {
    const consumers = new Map<Value, Node[]>();
    for (const node of this.nodes)
      for (const input of new Set(node.inputs)) consumers.set(input, [...(consumers.get(input) ?? []), node]);
    return consumers;
  }

  /** Makes everything that read `from` read `to`, the graph's outputs included. */
  replaceUses(from: Value, to: Value): void {
    for (const node of this.nodes) node.inputs = node.inputs.map((input) => (input === from ? to : input));
    this.outputs = this.outputs.map((output) => (output === from ? to : output));
  }
}
