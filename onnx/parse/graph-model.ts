import type { ModelArtifacts } from '../artifacts.js';
import type { Dimension, ElementType } from '../graph.js';
import { table } from '../operations/table.generated.js';
import { isObject, type JsonObject } from './config.js';
import { withTables } from './tables.js';

/** One node of a TensorFlow graph: an operation, what it reads, how it is configured. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly NodeOutput[];
  /** As the graph has them: `{ T: { type: 'DT_FLOAT' } }`. */
  readonly attributes: JsonObject;
}

/** An output of a node. */
export interface NodeOutput {
  readonly node: string;
  readonly index: number;
}

/** Nodes with what goes in and comes out: the graph itself, or a function that a node of it calls. */
export interface GraphFunction {
  readonly name: string;
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly GraphOutput[];
}

export interface GraphInput {
  /** Name for the outside. */
  readonly name: string;
  /** The placeholder. */
  readonly node: string;
  readonly type: ElementType | undefined;
  /** Sizes, symbolic where they are open; undefined for an unknown number of axes. */
  readonly shape: readonly Dimension[] | undefined;
}

export interface GraphOutput extends NodeOutput {
  /** Name for the outside. */
  readonly name: string;
}

/** A graph model: its graph, the functions of its library, and the graph that fills its tables. */
export interface GraphModel {
  readonly graph: GraphFunction;
  readonly functions: ReadonlyMap<string, GraphFunction>;
  readonly initializer?: GraphFunction;
}

/** Whether artifacts hold a TensorFlow graph, not layers. */
export const isGraphModel = ({ modelTopology }: ModelArtifacts): boolean =>
  isObject(modelTopology) && Array.isArray(modelTopology.node);

/**
 * Reads the topology of a graph model (GraphDef as JSON, as @tensorflow/tfjs-converter writes it).
 *
 * @throws SyntaxError where the JSON is no graph, or refers to what is not there
 */
export function parseGraphModel({
  modelTopology,
  signature,
  userDefinedMetadata,
  modelInitializer,
  initializerSignature,
}: ModelArtifacts): GraphModel {
  const topology = isObject(modelTopology) ? modelTopology : {};
  const older = isObject(userDefinedMetadata) ? userDefinedMetadata.signature : undefined;
  const library = isObject(topology.library) ? topology.library.function : undefined;
  const functions = list(library, 'library.function').map((json) => parseFunction(object(json, 'a function')));
  const initializer = modelInitializer && parseGraph(object(modelInitializer, 'modelInitializer'), {});
  const given = object(signature ?? older ?? {}, 'signature');
  return {
    graph: withTables(parseGraph(topology, given), given, initializer, initializerSignature),
    functions: new Map(functions.map((parsed) => [parsed.name, parsed])),
    ...(initializer && { initializer }),
  };
}

function parseGraph(topology: JsonObject, signature: JsonObject): GraphFunction {
  const nodes = parseNodes(topology.node);
  if (nodes.size === 0) throw new SyntaxError('the graph holds no nodes');
  const given = { inputs: entries(signature.inputs), outputs: entries(signature.outputs) };
  const placeholders = [...nodes.values()].filter(({ op }) => op === 'Placeholder' || op === 'PlaceholderWithDefault');
  const named = new Map(given.inputs.map(([name, info]) => [referenceTo(info.name).node, { name, info }]));
  const inputNodes = given.inputs.length > 0 ? [...named.keys()].map((name) => nodeOf(nodes, name)) : placeholders;
  const inputs = inputNodes.map((node, i): GraphInput => {
    const { name = node.name, info } = named.get(node.name) ?? {};
    const shape = info?.tensorShape ?? attribute(node, 'shape')?.shape;
    const type = info?.dtype ?? attribute(node, 'dtype')?.type;
    return { name, node: node.name, type: elementType(type), shape: shapeOf(shape, name, i === 0) };
  });
  const outputs = given.outputs.map(([name, info]) => ({ name, ...resolved(nodes, info.name) }));
  return { name: 'graph', nodes, inputs, outputs: outputs.length > 0 ? outputs : leaves(nodes) };
}

/** Where a graph has no signature its outputs are the nodes that nothing reads. */
function leaves(nodes: ReadonlyMap<string, GraphNode>): GraphOutput[] {
  const read = new Set([...nodes.values()].flatMap(({ inputs }) => inputs.map(({ node }) => node)));
  const ends = [...nodes.keys()].filter((name) => !read.has(name) && nodes.get(name)!.op !== 'NoOp');
  if (ends.length === 0) throw new SyntaxError('the graph names no outputs, and each of its nodes is read by another');
  return ends.map((name) => ({ name, node: name, index: 0 }));
}

function parseFunction(json: JsonObject): GraphFunction {
  const signature = object(json.signature, 'signature of a function');
  const name = String(signature.name);
  const args = list(signature.inputArg, `arguments of function "${name}"`).map((arg) => object(arg, 'an argument'));
  const parameters = args.map((arg): GraphNode => {
    return { name: String(arg.name), op: 'Placeholder', inputs: [], attributes: { dtype: { type: arg.type } } };
  });
  const nodes = parseNodes(json.nodeDef, parameters);
  const returned = object(json.ret ?? {}, `returns of function "${name}"`);
  const outputs = list(signature.outputArg, `results of function "${name}"`).map((result) => {
    const { name: key } = object(result, 'a result');
    return { name: String(key), ...resolved(nodes, returned[String(key)]) };
  });
  const inputs = args.map((arg) => ({
    name: String(arg.name),
    node: String(arg.name),
    type: elementType(arg.type),
    shape: undefined,
  }));
  return { name, nodes, inputs, outputs };
}

function parseNodes(json: unknown, parameters: readonly GraphNode[] = []): Map<string, GraphNode> {
  const raw = list(json, 'nodes').map((node) => object(node, 'a node'));
  const ops = new Map<string, string>(parameters.map(({ name, op }) => [name, op]));
  for (const { name, op } of raw) {
    if (typeof name !== 'string' || typeof op !== 'string')
      throw new SyntaxError('the graph holds a node without name or op');
    if (ops.has(name)) throw new SyntaxError(`the graph holds two nodes named "${name}"`);
    ops.set(name, op);
  }
  const nodes = new Map(parameters.map((node) => [node.name, node]));
  for (const { name, op, input, attr } of raw) {
    const inputs = list(input, `inputs of node "${name}"`)
      .map(String)
      .filter((reference) => !reference.startsWith('^'))
      .map((reference) => outputOf(ops, reference, `node "${name}" (${op})`));
    nodes.set(String(name), {
      name: String(name),
      op: String(op),
      inputs,
      attributes: isObject(attr) ? attr : {},
    });
  }
  return nodes;
}

/** `node`, `node:1` or, in functions, `node:indices:0`. */
function referenceTo(text: unknown): { node: string; output?: string; index: number } {
  const parts = String(text).split(':');
  return {
    node: parts[0],
    output: parts.length === 3 ? parts[1] : undefined,
    index: parts.length > 1 ? Number(parts.at(-1)) : 0,
  };
}

function outputOf(ops: ReadonlyMap<string, string>, text: string, reader: string): NodeOutput {
  const { node, output, index } = referenceTo(text);
  const op = ops.get(node);
  if (op === undefined) throw new SyntaxError(`${reader} reads "${text}", which the graph does not hold`);
  const named = output === undefined || !Object.hasOwn(table, op) ? -1 : (table[op].outputs ?? []).indexOf(output);
  return { node, index: named >= 0 ? named : index };
}

function resolved(nodes: ReadonlyMap<string, GraphNode>, text: unknown): NodeOutput {
  const ops = new Map([...nodes].map(([name, { op }]) => [name, op]));
  return outputOf(ops, String(text), 'an output of the graph');
}

function nodeOf(nodes: ReadonlyMap<string, GraphNode>, name: string): GraphNode {
  const node = nodes.get(name);
  if (!node) throw new SyntaxError(`the signature names an input "${name}" that the graph does not hold`);
  return node;
}

const attribute = ({ attributes }: GraphNode, key: string): JsonObject | undefined => {
  const value = attributes[key];
  return isObject(value) ? value : undefined;
};

/** Sizes of `{ dim: [{ size: '-1' }, { size: '3' }] }`; open ones get names, the first axis of the first input `batch`. */
function shapeOf(json: unknown, input: string, first: boolean): Dimension[] | undefined {
  if (!isObject(json) || json.unknownRank === true) return undefined;
  return list(json.dim, `shape of input "${input}"`).map((dim, axis) => {
    const size = Number(isObject(dim) ? (dim.size ?? 0) : 0);
    if (size >= 0) return size;
    return first && axis === 0 ? 'batch' : `${input}_size${axis}`;
  });
}

/** TensorFlow's types as tfjs keeps them: whole numbers in 32 bits, fractions in float32. */
const elementTypes: Readonly<Record<string, ElementType>> = {
  DT_FLOAT: 'float32',
  DT_HALF: 'float32',
  DT_DOUBLE: 'float32',
  DT_INT8: 'int32',
  DT_UINT8: 'int32',
  DT_INT32: 'int32',
  DT_INT64: 'int32',
  DT_BOOL: 'bool',
  DT_STRING: 'string',
};

/** The same by their numbers in tensorflow/core/framework/types.proto. */
const typeNumbers: Readonly<Record<number, string>> = {
  1: 'DT_FLOAT',
  2: 'DT_DOUBLE',
  3: 'DT_INT32',
  4: 'DT_UINT8',
  6: 'DT_INT8',
  7: 'DT_STRING',
  9: 'DT_INT64',
  10: 'DT_BOOL',
  19: 'DT_HALF',
};

/** Undefined for types that no tensor of ours has (DT_RESOURCE, DT_VARIANT, DT_COMPLEX64). */
export const elementType = (type: unknown): ElementType | undefined =>
  elementTypes[typeof type === 'number' ? typeNumbers[type] : String(type)];

const entries = (json: unknown): [string, JsonObject][] =>
  isObject(json)
    ? Object.entries(json).map(([key, value]) => [key, object(value, `entry "${key}" of the signature`)])
    : [];

function list(json: unknown, what: string): readonly unknown[] {
  if (json === undefined || json === null) return [];
  if (!Array.isArray(json)) throw new SyntaxError(`the graph's ${what} are no list`);
  return json;
}

function object(json: unknown, what: string): JsonObject {
  if (!isObject(json)) throw new SyntaxError(`the graph holds ${what} that is no object`);
  return json;
}
