import { dataTypeCodes, tensorOf } from '../element-types.js';
import { fold } from '../fold/index.js';
import type { Attribute, Dimension, ElementType, Graph, Value } from '../graph.js';
import { intTensor } from '../graph.js';
import { elementsOf, knownNumbers } from '../infer/known.js';
import { isObject, type JsonObject } from '../parse/config.js';
import { elementType, type GraphNode } from '../parse/graph-model.js';
import { Scope } from '../scope.js';
import type { Table } from './hash-table.js';
import type { Operation, OperationInput } from './operation.js';

/** Turns one node of a TensorFlow graph into ONNX nodes and returns the value that is its output, or the values. */
export type OpConverter = (op: OpScope) => Value | Value[];

/** What a conversion lends its nodes. */
export interface Lender {
  readonly constants: Map<string, Value>;
  /** What the tables of the model hold, by the names of their nodes. */
  readonly tables: Map<string, Table>;
  /** The nodes of a function of the library over these values, added to `graph`, and what it returns. */
  callFunction(name: string, graph: Graph, inputs: readonly Value[], caller: string): Value[];
  /** The weight of a Const node. */
  weight(node: GraphNode): Value;
}

/**
 * What a converter sees of one node: its inputs and attributes by the names of table.generated.ts, and the graph to
 * add to. Operators over known values are worked out at once: `emit` then returns a constant.
 */
export class OpScope extends Scope {
  constructor(
    readonly node: GraphNode,
    readonly operation: Operation,
    readonly inputs: readonly Value[],
    graph: Graph,
    readonly lender: Lender,
    readonly prefix = '',
  ) {
    super(`${prefix}${node.name}`, `node "${node.name}" (${node.op})`, graph, lender.constants);
  }

  /** The same node adding to another graph: to a branch or the body of a loop. */
  within(graph: Graph, inputs = this.inputs): OpScope {
    return new OpScope(this.node, this.operation, inputs, graph, this.lender, this.prefix);
  }

  /** Appends a node `NAME/Op` and returns its output; a constant where all its inputs are. */
  emit(op: string, inputs: Value[], attributes: Readonly<Record<string, Attribute>> = {}): Value {
    const value = this.add(op, inputs, undefined, attributes);
    const { elements } = value;
    const known = elements?.every((element) => typeof element === 'number')
      ? tensorOf(value.type as 'int32' | 'int64', value.shape as readonly number[], elements)
      : fold({ op, name: value.name, inputs, attributes }, value);
    return known ? this.graph.constant(value.name, known) : value;
  }

  /** A node with several outputs. */
  emitAll(op: string, inputs: Value[], attributes: Readonly<Record<string, Attribute>> = {}): Value[] {
    return this.addWithOutputs(op, inputs, undefined, attributes);
  }

  /** A vector of int64 known now, as shapes, axes and bounds are given. */
  ints(label: string, values: readonly number[]): Value {
    return this.graph.constant(`${this.name}/${label}`, intTensor(values));
  }

  /** A scalar of the type that goes with `beside`. */
  like(beside: Value, label: string, value: number): Value {
    return this.graph.constant(`${this.name}/${label}`, tensorOf(beside.type as 'float32', [], [value]));
  }

  cast(value: Value, type: ElementType): Value {
    return value.type === type ? value : this.emit('Cast', [value], { to: dataTypeCodes[type] });
  }

  /** The values of an input that is a tensor or several. */
  tensors(name: string): Value[] {
    const input = this.operation.inputs.find((other) => other.name === name);
    return input ? this.#at(input) : [];
  }

  optionalTensor(name: string): Value | undefined {
    return this.tensors(name)[0];
  }

  tensor(name: string): Value {
    const value = this.optionalTensor(name);
    if (!value) throw new SyntaxError(`${this.subject}: input "${name}" is missing`);
    return value;
  }

  #at({ start, end, type }: OperationInput): Value[] {
    const { length } = this.inputs;
    const from = start < 0 ? start + length : start;
    const to = type !== 'tensors' && end === undefined ? from + 1 : !end ? length : end < 0 ? end + length : end;
    return this.inputs.slice(from, to);
  }

  /** Numbers of an attribute, or of an input that is known beforehand; undefined for one that is computed. */
  knownNumbers(name: string): number[] | undefined {
    const input = this.#inputNamed(name);
    if (input) return knownNumbers(input);
    const value = this.attribute(name);
    if (value === undefined) return undefined;
    return [value].flat().map(Number);
  }

  /** @throws TypeError where they are computed while the model runs */
  numbers(name: string): number[] {
    const numbers = this.knownNumbers(name);
    if (!numbers)
      throw this.#inputNamed(name)
        ? this.refusal(`"${name}" computed while the model runs`, 'a value known beforehand')
        : new SyntaxError(`${this.subject}: "${name}" is missing`);
    return numbers;
  }

  number(name: string): number {
    return this.numbers(name)[0];
  }

  /** The sizes in an input or attribute as far as they are known; undefined elements are computed. */
  sizes(name: string): readonly (Dimension | undefined)[] | undefined {
    const input = this.#inputNamed(name);
    return input ? elementsOf(input) : this.knownNumbers(name);
  }

  boolean(name: string): boolean {
    return this.attribute(name) === true;
  }

  /** A text as it stands; '' where it is absent and has no default. */
  text(name: string): string {
    return String(this.attribute(name) ?? '');
  }

  texts(name: string): string[] {
    const value = this.attribute(name);
    return Array.isArray(value) ? value.map(String) : [];
  }

  type(name: string): ElementType {
    const type = elementType(this.attribute(name));
    if (!type) throw this.refusal(`type ${JSON.stringify(this.attribute(name))}`, 'float, int, bool, string');
    return type;
  }

  /** The name of a function in the graph's library. */
  functionName(name: string): string {
    return String(this.attribute(name));
  }

  /**
   * An attribute as JavaScript: numbers, booleans, texts (decoded), types (`DT_FLOAT`), shapes (−1 open; undefined for an
   * unknown rank), function names, or lists of them; its default where it is absent.
   */
  attribute(name: string): unknown {
    const entry = this.operation.attributes.find((other) => other.name === name);
    if (!entry) return this.operation.inputs.find((other) => other.name === name)?.default;
    const raw = [entry.key, entry.older].map((key) => key !== undefined && this.node.attributes[key]).find(isObject);
    return raw ? attributeValue(raw) : entry.default;
  }

  #inputNamed(name: string): Value | undefined {
    const input = this.operation.inputs.find((other) => other.name === name);
    return input && this.#at(input)[0];
  }
}

function attributeValue(raw: JsonObject): unknown {
  if (isObject(raw.list)) {
    const { list } = raw;
    const kind = ['i', 'f', 's', 'b', 'type', 'shape', 'func'].find((key) => Array.isArray(list[key]));
    return kind ? (list[kind] as unknown[]).map((item) => attributeValue({ [kind]: item })) : [];
  }
  if (raw.i !== undefined) return Number(raw.i);
  if (raw.f !== undefined) return Number(raw.f);
  if (raw.b !== undefined) return raw.b;
  if (raw.s !== undefined) return decoded(raw.s);
  if (raw.type !== undefined) return raw.type;
  if (isObject(raw.shape)) return sizesOf(raw);
  if (isObject(raw.func)) return raw.func.name;
  return undefined;
}

/** The sizes of an attribute `{ shape: { dim: [{ size: '3' }] } }`, −1 for open ones; undefined for an unknown rank. */
export function sizesOf(raw: unknown): number[] | undefined {
  const shape = isObject(raw) && isObject(raw.shape) ? raw.shape : { unknownRank: true };
  if (shape.unknownRank === true) return undefined;
  return (Array.isArray(shape.dim) ? shape.dim : []).map((each) => Number(isObject(each) ? (each.size ?? 0) : 0));
}

/** Texts are base64 in JSON, or lists of bytes. */
function decoded(text: unknown): string {
  const bytes = Array.isArray(text)
    ? Uint8Array.from(text.map(Number))
    : Uint8Array.from(atob(String(text)), (c) => c.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}
