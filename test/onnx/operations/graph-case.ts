import type { ModelArtifacts } from '../../../onnx/index.js';
import { bytesOf, type DataType, type Feeds, node, type Result, tfTypes } from './op-case.js';

/** A node as GraphDef has it. */
export type NodeDef = ReturnType<typeof node>;

/** A weight: numbers of a type and shape. */
export interface Weight {
  readonly type: DataType;
  readonly shape: readonly number[];
  readonly values: readonly (number | string)[];
}

/** A function of the library: arguments by name, nodes, and which node's output each result is (`sum:z:0`). */
export interface FunctionCase {
  readonly args: readonly string[];
  readonly nodes: readonly NodeDef[];
  readonly returns: readonly string[];
}

/** A graph written by hand. */
export interface GraphCase {
  readonly title: string;
  readonly inputs: Readonly<Record<string, { readonly type: DataType; readonly shape: readonly (number | null)[] }>>;
  readonly weights?: Readonly<Record<string, Weight>>;
  readonly nodes: readonly NodeDef[];
  /** The graph that fills tables. */
  readonly initializer?: readonly NodeDef[];
  readonly functions?: Readonly<Record<string, FunctionCase>>;
  /** `node` or `node:1`. */
  readonly outputs: readonly string[];
  /** What is fed in turn. */
  readonly feeds: readonly Feeds[];
  /**
   * What each feed gives, where tfjs fails: it frees what a function writes into a list and does not return too.
   */
  readonly expected?: readonly (readonly Result[])[];
  /** Largest difference. Default: 0. */
  readonly absolute?: number;
}

export const int = (value: number): Weight => ({ type: 'int32', shape: [], values: [value] });
export const intVector = (...values: number[]): Weight => ({ type: 'int32', shape: [values.length], values });
export const floats = (shape: readonly number[], values: readonly number[]): Weight => ({
  type: 'float32',
  shape,
  values,
});
/** What is fed: int32 scalar, float32 tensor. */
export const fedInt = (value: number): Feeds[string] => ({ type: 'int32', shape: [], values: [value] });
export const fedBool = (value: boolean): Feeds[string] => ({ type: 'bool', shape: [], values: [value ? 1 : 0] });
export const fedFloats = (shape: readonly number[], values: readonly number[]): Feeds[string] => ({
  type: 'float32',
  shape,
  values,
});

export const ofFunction = (name: string) => ({ func: { name } });

const constant = (name: string, { type }: Weight): NodeDef =>
  node(name, 'Const', [], { dtype: { type: tfTypes[type] } });

export function artifactsOf({
  inputs,
  weights = {},
  nodes,
  functions = {},
  outputs,
  initializer,
}: GraphCase): ModelArtifacts {
  const dims = (shape: readonly (number | null)[]) => ({ dim: shape.map((size) => ({ size: String(size ?? -1) })) });
  const placeholders = Object.entries(inputs).map(([name, { type, shape }]) =>
    node(name, 'Placeholder', [], { dtype: { type: tfTypes[type] }, shape: { shape: dims(shape) } }),
  );
  /** Weights are read by name in functions too, where each has a Const of its own. */
  const constantsOf = (graph: readonly NodeDef[]): NodeDef[] => {
    const read = new Set(graph.flatMap(({ input }) => input.map((name) => name.split(':')[0])));
    return Object.entries(weights).flatMap(([name, weight]) => (read.has(name) ? [constant(name, weight)] : []));
  };
  const library = Object.entries(functions).map(([name, each]) => libraryFunction(name, each, weights));
  return {
    modelTopology: {
      node: [...placeholders, ...constantsOf(nodes), ...nodes],
      library: { function: library },
      versions: { producer: 1 },
    },
    ...(initializer && { modelInitializer: { node: [...constantsOf(initializer), ...initializer] } }),
    signature: {
      inputs: Object.fromEntries(
        Object.entries(inputs).map(([name, { type, shape }]) => [
          name,
          { name: `${name}:0`, dtype: tfTypes[type], tensorShape: dims(shape) },
        ]),
      ),
      outputs: Object.fromEntries(
        outputs.map((name) => [name.replace(':', '_'), { name: name.includes(':') ? name : `${name}:0` }]),
      ),
    },
    weightSpecs: Object.entries(weights).map(([name, { type, shape }]) => ({ name, shape, dtype: type })),
    weightData: Object.values(weights).map(({ type, values }) => bytesOf(type, values)),
  };
}

function libraryFunction(name: string, { args, nodes, returns }: FunctionCase, weights: GraphCase['weights'] = {}) {
  const read = new Set(nodes.flatMap(({ input }) => input.map((each) => each.split(':')[0])));
  const returned = new Set(returns.map((each) => each.split(':')[0]));
  const constants = Object.entries(weights).filter(([key]) => read.has(key) || returned.has(key));
  return {
    signature: {
      name,
      inputArg: args.map((arg) => ({ name: arg, type: 'DT_FLOAT' })),
      outputArg: returns.map((_, i) => ({ name: `result${i}`, type: 'DT_FLOAT' })),
    },
    nodeDef: [...constants.map(([key, weight]) => constant(key, weight)), ...nodes],
    ret: Object.fromEntries(returns.map((each, i) => [`result${i}`, each])),
  };
}
