import type { LayersModelArtifacts } from './artifacts.js';
import { convert } from './convert.js';
import { encode } from './encode.js';
import type { Graph } from './graph.js';
import { optimise } from './optimise/index.js';
import { parseTopology } from './parse/topology.js';
import { readWeights } from './parse/weights.js';

export type { LayersModelArtifacts, WeightSpec } from './artifacts.js';

export interface ToOnnxOptions {
  /** Version of the ai.onnx operator set. Default, and the only one written: 17. */
  opset?: 17;
  /** Name of the graph. Default: the model's name. */
  name?: string;
  /** The file's metadata_props. Default: none. */
  metadata?: Readonly<Record<string, string>>;
  /** Name of the input, where there is one. Default: the input layer's name. */
  inputName?: string;
  /** Name of the output, where there is one. Default: the last layer's name, and `name_1`, … where it is taken. */
  outputName?: string;
  /** Version of the program that exports. Default: empty. */
  producerVersion?: string;
}

/**
 * A saved tfjs layers model → the bytes of an `.onnx` file (IR 8, opset 17, domain ai.onnx) that computes the same in
 * inference mode.
 *
 * Inputs and outputs keep tfjs's shapes, channels last, with the symbolic dimension `batch` first; inside, channels
 * come first as ONNX wants them.
 *
 * @example
 * const save = tf.io.withSaveHandler(async (artifacts) => { bytes = toOnnx(artifacts); … });
 * await model.save(save);
 *
 * @throws TypeError where a layer class or an option of a layer cannot be exported (one line that names the layer and
 *   what can), SyntaxError where the topology is no layers model, RangeError where weights do not fit it.
 */
export function toOnnx(artifacts: LayersModelArtifacts, options: ToOnnxOptions = {}): Uint8Array {
  const { opset = 17, metadata = {}, producerVersion = '' } = options;
  if (opset !== 17) throw new RangeError(`opset ${opset} is not supported (supported: 17)`);
  const model = parseTopology(artifacts);
  const graph = convert(model, readWeights(artifacts));
  optimise(graph);
  nameEnds(
    graph,
    model.outputs.map(({ call }) => call.layer.name),
    options,
  );
  graph.nameConstants();
  return encode(graph, { opset, name: options.name ?? model.name, producerVersion, metadata });
}

/** Gives inputs and outputs the names that were asked for. An output that is also an input, or there twice, is copied. */
function nameEnds(graph: Graph, layerNames: readonly string[], { inputName, outputName }: ToOnnxOptions): void {
  const taken = new Set(graph.inputs);
  graph.outputs = graph.outputs.map((output, i) => {
    const own = taken.has(output) ? graph.add('Identity', `${layerNames[i]}/Identity`, [output], output.shape) : output;
    taken.add(own);
    own.name = graph.uniqueName(layerNames[i]);
    return own;
  });
  if (inputName !== undefined) rename(graph, graph.inputs, inputName, 'inputName');
  if (outputName !== undefined) rename(graph, graph.outputs, outputName, 'outputName');
}

function rename(graph: Graph, values: readonly { name: string }[], name: string, option: string): void {
  if (values.length !== 1)
    throw new RangeError(`${option} "${name}" is given for ${values.length} values (supported: 1)`);
  if (values[0].name === name) return;
  if (graph.uniqueName(name) !== name)
    throw new RangeError(`${option} "${name}" is the name of a layer or value inside`);
  values[0].name = name;
}
