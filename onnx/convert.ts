import { converterOf, converters } from './converters/index.js';
import { type LayerConverter, LayerScope, type Mask, type WrappedLayer } from './converters/layer-scope.js';
import { outputMask } from './converters/masks.js';
import { refusalOf } from './converters/refusals.js';
import { dataTypeCodes } from './element-types.js';
import { type Dimension, type ElementType, Graph, type Tensor, type Value } from './graph.js';
import type { LayerConfig } from './parse/config.js';
import { executionOrder } from './parse/order.js';
import type { Layer, LayerCall, LayerModel } from './parse/topology.js';

/** Converters of layers that are none of tfjs's, or that replace ours, by the class's name. */
export type CustomConverters = Readonly<Record<string, LayerConverter>>;

/**
 * Layer graph → ONNX graph, by the converter of each layer's class, in the order in which outputs are needed. The
 * batch, an unknown first size, becomes the symbolic dimension `batch`.
 *
 * @throws TypeError that names the first layer of an unsupported class, or the option of it that is not supported.
 */
export function convert(model: LayerModel, weights: ReadonlyMap<string, Tensor>, custom: CustomConverters = {}): Graph {
  const graph = new Graph();
  const inputs = model.inputs.map(({ layer }) => graph.input(layer.name, elementType(layer), inputShape(layer)));
  const passing = { kept: false };
  graph.outputs = convertModel(model, inputs, {
    graph,
    weights,
    custom,
    constants: new Map(),
    masked: hasMasks(model),
    passing,
  });
  return graph;
}

/**
 * What tfjs calls layers with (`kwargs`): once a layer's input has a mask, that of the first input is given to this
 * layer and, until another takes its place, to all that are computed after it, those of models inside too.
 */
interface Passing {
  /** Whether there is such a record yet: before, each model inside has one of its own. */
  kept: boolean;
  mask?: Mask;
}

interface Conversion {
  readonly graph: Graph;
  readonly weights: ReadonlyMap<string, Tensor>;
  readonly custom: CustomConverters;
  readonly constants: Map<LayerConfig, Map<string, Value>>;
  /** Whether any layer makes a mask. */
  readonly masked: boolean;
  readonly passing: Passing;
}

/** The nodes of a model over the given inputs. A model used as a layer comes here once a call, sharing its constants. */
function convertModel(model: LayerModel, inputs: readonly Value[], conversion: Conversion): Value[] {
  const { passing } = conversion;
  const known = new Map<LayerCall, Called>(model.inputs.map((call, i) => [call, { outputs: [inputs[i]] }]));
  const order = executionOrder(model, conversion.masked ? 'last input first' : 'first input first');
  for (const { call } of order) {
    if (model.inputs.includes(call)) continue;
    const masks = call.inputs.map((input) => known.get(input.call)!.mask);
    if (masks.some((mask) => mask !== undefined)) {
      passing.kept = true;
      passing.mask = masks[0];
    }
    if (!known.has(call)) {
      const values = call.inputs.map((input) => outputOf(known.get(input.call)!.outputs, input.index, input.call));
      known.set(call, convertCall(call.layer, values, conversion, masks));
    }
  }
  return model.outputs.map(({ call, index }) => outputOf(known.get(call)!.outputs, index, call));
}

interface Called {
  readonly outputs: readonly Value[];
  /** That of each output. */
  readonly mask?: Mask;
}

function outputOf(outputs: readonly Value[], index: number, { layer }: LayerCall): Value {
  if (!outputs[index])
    throw new SyntaxError(`${layer.config.layer}: the topology refers to output ${index} of ${outputs.length}`);
  return outputs[index];
}

function convertCall(
  layer: Layer,
  inputs: readonly Value[],
  conversion: Conversion,
  masks: readonly (Mask | undefined)[] = [],
): Called {
  const { className, config, model, name } = layer;
  const { graph, weights, constants, custom, passing } = conversion;
  if (model) {
    if (inputs.length !== model.inputs.length)
      throw new SyntaxError(`${config.layer}: ${inputs.length} inputs are given to a model of ${model.inputs.length}`);
    return {
      outputs: convertModel(model, inputs, { ...conversion, passing: passing.kept ? passing : { kept: true } }),
    };
  }
  const own = Object.hasOwn(custom, className) ? custom[className] : undefined;
  const converter = own ?? converterOf(className);
  if (!converter) throw unsupported(layer, custom);
  if (!constants.has(config)) constants.set(config, new Map());
  const given = own || takesIntegers.includes(className) ? inputs : inputs.map((value) => asFloat(graph, name, value));
  const wrapped = layer.wrapped && wrappedLayer(layer.wrapped, name, conversion);
  const scope = new LayerScope(name, config, given, graph, weights, constants.get(config)!, wrapped, passing.mask);
  const outputs = [converter(scope)].flat();
  return { outputs, mask: conversion.masked ? outputMask(scope, className, masks, own !== undefined) : undefined };
}

function unsupported({ config, className }: Layer, custom: CustomConverters): TypeError {
  const reason = refusalOf(className);
  if (reason) return new TypeError(`${config.layer}: this class cannot be exported: ${reason}`);
  const all = [...Object.keys(converters), ...Object.keys(custom)].join(', ');
  return new TypeError(
    `${config.layer}: this class is not known; give its converter (option converters), or use one of: ${all}`,
  );
}

/** Weights of a wrapped layer are named after the wrapper; those of a wrapped model after its own layers. */
function wrappedLayer(layer: Layer, name: string, conversion: Conversion): WrappedLayer {
  // tfjs calls what is inside TimeDistributed with the mask of the steps around it.
  const mask: Mask | undefined = conversion.passing.mask && { lost: `that of the steps that ${name} distributes` };
  return {
    ...layer,
    convert: (inputs) => [
      ...convertCall({ ...layer, name }, inputs, { ...conversion, passing: { kept: true, mask } }).outputs,
    ],
  };
}

/** Classes that do with whole numbers what they do with others. All else computes in float32, as tfjs does. */
const takesIntegers: readonly string[] = [
  ...['CategoryEncoding', 'Cropping2D', 'Dropout', 'Embedding', 'Flatten', 'Permute', 'RepeatVector', 'Reshape'],
  ...['TimeDistributed', 'ZeroPadding2D'],
];

const asFloat = (graph: Graph, layer: string, value: Value): Value =>
  value.type === 'float32'
    ? value
    : graph.add('Cast', `${layer}/Cast`, [value], value.shape, { to: dataTypeCodes.float32 });

const hasMasks = (model: LayerModel): boolean => executionOrder(model).some(({ call }) => makesMask(call.layer));

function makesMask({ className, config, model, wrapped }: Layer): boolean {
  if (className === 'Masking' || (className === 'Embedding' && config.boolean('mask_zero', false))) return true;
  return (model !== undefined && hasMasks(model)) || (wrapped !== undefined && makesMask(wrapped));
}

function elementType({ config }: Layer): ElementType {
  return config.oneOf('dtype', ['float32', 'int32', 'bool'], 'float32');
}

function inputShape({ name, config }: Layer): Dimension[] {
  const shape = config.get('batch_input_shape');
  if (!Array.isArray(shape)) throw new SyntaxError(`${config.layer}: batch_input_shape is missing`);
  return shape.map((size: unknown, axis) =>
    typeof size === 'number' && size >= 0 ? size : axis === 0 ? 'batch' : `${name}_size${axis}`,
  );
}
