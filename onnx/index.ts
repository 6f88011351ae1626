import type { LayersModelArtifacts, ModelArtifacts } from './artifacts.js';
import { artifactsFrom, isLive, type LiveModel } from './artifacts-from.js';
import { type CustomConverters, convert } from './convert.js';
import { convertGraphModel, type InputShapes } from './convert-graph-model.js';
import { encode } from './encode.js';
import { type FrontEnd, prependFrontEnd } from './front-end/index.js';
import type { Graph } from './graph.js';
import { defaultOpset, parseOpset, toOpset } from './opset/index.js';
import { optimise } from './optimise/index.js';
import { type OutputSource, reshapeOutputs, withNodeOutputs, withOutputs } from './outputs.js';
import { isGraphModel, parseGraphModel } from './parse/graph-model.js';
import { callsOf } from './parse/order.js';
import { parseTopology } from './parse/topology.js';
import { readWeights } from './parse/weights.js';
import { type Precision, type Ranges, toPrecision } from './precision/index.js';

export type { LayersModelArtifacts, ModelArtifacts, WeightSpec } from './artifacts.js';
export { artifactsFrom, type LiveModel } from './artifacts-from.js';
export type { CustomConverters } from './convert.js';
export type { InputShapes } from './convert-graph-model.js';
export type { LayerConverter, LayerScope } from './converters/layer-scope.js';
export { describeModel, type ModelDescription, type Port } from './describe.js';
export type { FrontEnd } from './front-end/index.js';
export type { Attribute, Dimension, Tensor, Value } from './graph.js';
export {
  type Folder,
  type TransformersOptions,
  type TritonOptions,
  transformersFolder,
  tritonFolder,
} from './layouts/index.js';
export { type Opset, opsets } from './opset/index.js';
export type { OutputSource } from './outputs.js';
export type { LayerConfig } from './parse/config.js';
export { artifactsFromManifest, shardPaths } from './parse/manifest.js';
export { type Precision, precisions, type Ranges, withEveryValue } from './precision/index.js';

export interface ToOnnxOptions {
  /**
   * Version of the ai.onnx operator set, 13 to 22, with the IR version that goes with it. Default: 17, which every
   * provider of onnxruntime runs; from 18 on some leave operators to the CPU.
   */
  opset?: number;
  /** Name of the graph. Default: the model's name. */
  name?: string;
  /** The file's metadata_props. Default: none. */
  metadata?: Readonly<Record<string, string>>;
  /**
   * Computes the model's input inside the file, which then takes samples (batch, samples) at the model's rate. Default:
   * none, the file takes what the model takes.
   */
  frontEnd?: FrontEnd;
  /** Name of the input, where there is one. Default: the input layer's name; with a front end `samples`. */
  inputName?: string;
  /**
   * Names of the model's outputs, in its order. Default: the names of the layers that give them, and `name_1`, … where
   * one is taken.
   */
  outputNames?: readonly string[];
  /**
   * What the file gives instead of the model's own outputs: by the name of each output the layer whose output it is, an
   * inner one too; of a layer with several outputs the first. Of a graph model the node, or `node:1` for its second
   * output. Default: the model's outputs.
   */
  outputs?: Readonly<Record<string, OutputSource>>;
  /** Of a graph model: the shapes of inputs by name, where it leaves the number of axes open or they shall be fixed. */
  inputShapes?: InputShapes;
  /** How the file computes: `fp32`, `fp16`, or `int8`. Default: fp32. */
  precision?: Precision;
  /** For int8: the ranges of values over typical inputs. Default: found anew in each run (dynamic quantisation). */
  ranges?: Ranges;
  /**
   * Converters of layer classes that are none of tfjs's own (or that replace ours), by the class's name: each turns one
   * call of a layer into nodes and returns the value that is its output, or the values where it has several. Default: none.
   */
  converters?: CustomConverters;
  /** Version of the program that exports. Default: empty. */
  producerVersion?: string;
}

/**
 * A tfjs model, saved or live, of layers or a graph model, → the bytes of an `.onnx` file (by default IR 8, opset 17,
 * domain ai.onnx) that computes the same in inference mode.
 *
 * Inputs and outputs keep tfjs's shapes, channels last, with the symbolic dimension `batch` first; inside, channels
 * come first as ONNX wants them.
 *
 * @example
 * const bytes = toOnnx(model); // a live layers model; or what its model.json and weights hold
 *
 * @example The probabilities, and the weights (batch, 2, 1) of an inner layer as (batch, 2):
 * toOnnx(artifacts, { outputs: { probabilities: 'softmax', attention: { layer: 'weights', shape: [2] } } });
 *
 * @example A layer class of one's own, which multiplies by 2 · gain, of a weight `gain` (channels):
 * toOnnx(model, {
 *   converters: {
 *     Gain: (layer) => {
 *       const { input } = layer;
 *       const gain = layer.constant('gain', () => layer.weight('gain', [input.shape.at(-1) as number]));
 *       const doubled = layer.add('Mul', [gain, layer.scalar('two', 2)], gain.shape);
 *       return layer.add('Mul', [input, doubled], input.shape);
 *     },
 *   },
 * });
 *
 * @throws TypeError where a layer class or an option of a layer cannot be exported (one line that names the layer and
 *   what can), SyntaxError where the topology is no layers model, RangeError where weights do not fit it, an output's
 *   layer is not there, or a name is taken
 */
export function toOnnx(model: ModelArtifacts | LiveModel, options: ToOnnxOptions = {}): Uint8Array {
  const artifacts = isLive(model) ? artifactsFrom(model) : model;
  const { metadata = {}, producerVersion = '', outputs } = options;
  const opset = parseOpset(options.opset ?? defaultOpset);
  if (outputs && options.outputNames) throw new TypeError('outputs name themselves: outputNames are not for them');
  const { graph, name, outputNames } = isGraphModel(artifacts)
    ? graphOfNodes(artifacts, options)
    : graphOfLayers(artifacts, options);
  if (options.frontEnd) prependFrontEnd(graph, options.frontEnd, 'samples');
  optimise(graph);
  nameOutputs(graph, outputNames, outputs ? Object.keys(outputs) : options.outputNames);
  graph.closeSubgraphs();
  if (options.inputName !== undefined) nameInput(graph, options.inputName);
  toPrecision(graph, options.precision ?? 'fp32', options.ranges);
  toOpset(graph, opset);
  graph.nameConstants();
  return encode(graph, { opset, name: options.name ?? name, producerVersion, metadata });
}

interface Converted {
  readonly graph: Graph;
  /** The model's own. */
  readonly name: string;
  readonly outputNames: readonly string[];
}

function graphOfLayers(artifacts: ModelArtifacts, { outputs, converters }: ToOnnxOptions): Converted {
  const saved = parseTopology(artifacts);
  const sources = outputs && Object.values(outputs);
  const model = sources ? withOutputs(saved, sources) : saved;
  const graph = convert(model, readWeights(artifacts), converters);
  if (sources) reshapeOutputs(graph, sources);
  return { graph, name: model.name, outputNames: model.outputs.map(({ call }) => call.layer.name) };
}

function graphOfNodes(artifacts: ModelArtifacts, { outputs, inputShapes }: ToOnnxOptions): Converted {
  const saved = parseGraphModel(artifacts);
  const model = outputs ? withNodeOutputs(saved, Object.values(outputs)) : saved;
  const graph = convertGraphModel(model, readWeights(artifacts), inputShapes);
  return { graph, name: model.graph.name, outputNames: model.graph.outputs.map(({ name }) => name) };
}

/**
 * The names of a saved model's layers, which `outputs` may name, and of those that give its own outputs.
 *
 * @throws SyntaxError as `toOnnx`
 */
export function layerNames(artifacts: LayersModelArtifacts): { all: string[]; outputs: string[] } {
  const model = parseTopology(artifacts);
  return {
    all: callsOf(model).map(({ layer }) => layer.name),
    outputs: model.outputs.map(({ call }) => call.layer.name),
  };
}

/** Gives outputs their own names, or those wished for. One that is also an input, a constant, or there twice, is copied. */
function nameOutputs(graph: Graph, own: readonly string[], names?: readonly string[]): void {
  if (names && names.length !== own.length)
    throw new RangeError(`outputNames: ${names.length} names are given for ${own.length} outputs`);
  const taken = new Set(graph.inputs);
  graph.outputs = graph.outputs.map((output, i) => {
    const name = own[i];
    const copied = taken.has(output) || output.constant;
    const given = copied ? graph.add('Identity', `${name}/Identity`, [output], output.shape) : output;
    taken.add(given);
    given.name = names ? claimed(graph, names[i], 'output') : graph.uniqueName(name);
    return given;
  });
}

function nameInput(graph: Graph, name: string): void {
  const { inputs } = graph;
  if (inputs.length !== 1)
    throw new RangeError(`inputName "${name}" is given for ${inputs.length} inputs (supported: 1)`);
  if (inputs[0].name !== name) inputs[0].name = claimed(graph, name, 'input');
}

function claimed(graph: Graph, name: string, what: string): string {
  if (graph.uniqueName(name) !== name) throw new RangeError(`${what} name "${name}" is that of another value inside`);
  return name;
}
