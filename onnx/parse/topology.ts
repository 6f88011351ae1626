import type { LayersModelArtifacts } from '../artifacts.js';
import { isObject, type JsonObject, LayerConfig } from './config.js';
import { callsOf } from './order.js';

/** One layer of the topology: its class, its name and how it is configured. */
export interface Layer {
  readonly className: string;
  readonly name: string;
  readonly config: LayerConfig;
  /** The layers inside, where the layer is itself a model. */
  readonly model?: LayerModel;
  /** The layer inside, of a wrapper (TimeDistributed, Bidirectional). */
  readonly wrapped?: Layer;
}

/** One use of a layer. A shared layer has several. */
export interface LayerCall {
  readonly layer: Layer;
  readonly inputs: readonly LayerOutput[];
}

/** An output of a call: a model used as a layer may have several. */
export interface LayerOutput {
  readonly call: LayerCall;
  readonly index: number;
}

/** A model as calls of layers, from the inputs' (calls of an InputLayer) to the outputs. */
export interface LayerModel {
  readonly name: string;
  readonly inputs: readonly LayerCall[];
  readonly outputs: readonly LayerOutput[];
}

/** Classes that are models themselves: a chain, and the names that a functional model was saved under. */
const functionalClasses: readonly unknown[] = ['Model', 'Functional', 'LayersModel'];

/**
 * Reads the topology of a saved layers model.
 *
 * @throws SyntaxError where the JSON is no layers model, or refers to what is not there.
 */
export function parseTopology({ modelTopology }: LayersModelArtifacts): LayerModel {
  const wrapper = isObject(modelTopology) ? modelTopology : {};
  const topology = isObject(wrapper.model_config) ? wrapper.model_config : wrapper;
  const model = parseModel(topology);
  if (!model)
    throw new SyntaxError(
      `the topology is no layers model: class_name ${JSON.stringify(topology.class_name)} (supported: Sequential, ${functionalClasses.join(', ')})`,
    );
  return model;
}

function parseModel(json: JsonObject): LayerModel | undefined {
  if (json.class_name === 'Sequential') return parseSequential(json);
  if (functionalClasses.includes(json.class_name)) return parseFunctional(json);
  return undefined;
}

function parseLayer(json: unknown): Layer {
  if (!isObject(json) || typeof json.class_name !== 'string' || !(isObject(json.config) || Array.isArray(json.config)))
    throw new SyntaxError('the topology holds a layer without class_name or config');
  const config: JsonObject = isObject(json.config) ? json.config : {};
  const name = String(config.name ?? json.name ?? json.class_name);
  return {
    className: json.class_name,
    name,
    config: new LayerConfig(config, `layer "${name}" (${json.class_name})`),
    model: parseModel(json),
    wrapped: isObject(config.layer) ? parseLayer(config.layer) : undefined,
  };
}

/** A chain. Its input's shape stands in its first layer: an InputLayer, `batch_input_shape`, or a model. */
function parseSequential(json: JsonObject): LayerModel {
  const list = Array.isArray(json.config) ? json.config : isObject(json.config) ? json.config.layers : undefined;
  if (!Array.isArray(list) || list.length === 0)
    throw new SyntaxError('the topology holds a Sequential model without layers');
  const layers = list.map(parseLayer);
  const input: LayerCall = { layer: inputLayerOf(layers[0]), inputs: [] };
  let output: LayerOutput = { call: input, index: 0 };
  for (const layer of layers)
    if (layer.className !== 'InputLayer') output = { call: { layer, inputs: [output] }, index: 0 };
  const name = isObject(json.config) ? String(json.config.name ?? 'sequential') : 'sequential';
  return { name, inputs: [input], outputs: [output] };
}

function inputLayerOf(first: Layer): Layer {
  if (first.className === 'InputLayer') return first;
  if (first.model) return first.model.inputs[0].layer;
  if (!first.config.get('batch_input_shape'))
    throw new SyntaxError(`${first.config.layer}: the first layer of a Sequential model names no batch_input_shape`);
  const name = `${first.name}_input`;
  return {
    className: 'InputLayer',
    name,
    config: new LayerConfig(
      { name, batch_input_shape: first.config.get('batch_input_shape'), dtype: first.config.get('dtype') },
      `layer "${name}" (InputLayer)`,
    ),
  };
}

/** A layer of a functional model, and its calls as they are listed. */
interface Entry {
  readonly layer: Layer;
  readonly inboundNodes: readonly unknown[];
  readonly calls: readonly { readonly layer: Layer; readonly inputs: LayerOutput[] }[];
}

/** A graph of calls. `inbound_nodes` lists a layer's calls, each a list of [layer, call, output] it reads. */
function parseFunctional(json: JsonObject): LayerModel {
  const config = isObject(json.config) ? json.config : {};
  const entries = new Map<string, Entry>();
  for (const json of Array.isArray(config.layers) ? config.layers : []) {
    const entry = parseEntry(json);
    const name = String(json.name ?? entry.layer.name);
    if (entries.has(name))
      throw new SyntaxError(`the topology holds two layers "${name}" (layer names must be unique)`);
    entries.set(name, entry);
  }

  const resolve = (reference: unknown): LayerOutput => {
    const [name, callIndex, index] = Array.isArray(reference) ? reference : [];
    const entry = entries.get(String(name));
    if (!entry) throw new SyntaxError(`the topology refers to a layer "${name}" that it does not hold`);
    // A model used as a layer counts its own construction as call 0, which is not listed.
    const call = entry.calls[entry.layer.model ? callIndex - 1 : callIndex];
    if (!call)
      throw new SyntaxError(`the topology refers to call ${callIndex} of layer "${name}", which it does not hold`);
    if (!Number.isInteger(index) || index < 0)
      throw new SyntaxError(`the topology refers to output ${index} of layer "${name}" (supported: 0, 1, …)`);
    return { call, index };
  };

  for (const { inboundNodes, calls, layer } of entries.values())
    for (const [i, inbound] of inboundNodes.entries()) {
      if (!Array.isArray(inbound)) throw new SyntaxError(`${layer.config.layer}: call ${i} lists no inputs`);
      if (inbound.some((each) => !Array.isArray(each)))
        throw new TypeError(
          `${layer.config.layer}: an operation of TensorFlow between layers, which TensorFlow.js itself cannot load in this format; supported: the same model as a graph model (tensorflowjs_converter --output_format=tfjs_graph_model)`,
        );
      calls[i].inputs.push(...inbound.map(resolve));
    }

  const references = (key: string): readonly unknown[] => {
    const list = config[key];
    if (!Array.isArray(list) || list.length === 0) throw new SyntaxError(`the topology names no ${key}`);
    return Array.isArray(list[0]) ? list : [list];
  };
  const model: LayerModel = {
    name: String(config.name ?? 'model'),
    inputs: references('input_layers').map((reference) => resolve(reference).call),
    outputs: references('output_layers').map(resolve),
  };
  checkInputs(model);
  return model;
}

function parseEntry(json: unknown): Entry {
  const layer = parseLayer(json);
  const listed = isObject(json) ? (json.inbound_nodes ?? []) : [];
  if (!Array.isArray(listed)) throw new SyntaxError(`${layer.config.layer}: inbound_nodes is no list`);
  // An input is a call too, though it lists none.
  const inboundNodes = layer.className === 'InputLayer' ? [[]] : listed;
  return { layer, inboundNodes, calls: inboundNodes.map(() => ({ layer, inputs: [] })) };
}

/** Every value comes from the model's inputs, and there are no cycles. */
function checkInputs(model: LayerModel): void {
  for (const call of callsOf(model))
    if (call.inputs.length === 0 && !model.inputs.includes(call))
      throw new SyntaxError(`${call.layer.config.layer}: it has no inputs, and is none of the model's (input_layers)`);
}
