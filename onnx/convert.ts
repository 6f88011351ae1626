import { converterOf, converters } from './converters/index.js';
import { LayerScope, type WrappedLayer } from './converters/layer-scope.js';
import { type Dimension, type ElementType, Graph, type Tensor, type Value } from './graph.js';
import type { Layer, LayerCall, LayerModel, LayerOutput } from './parse/topology.js';

/**
 * Layer graph → ONNX graph, by the converter of each layer's class, in the order in which outputs are needed. The
 * batch, an unknown first size, becomes the symbolic dimension `batch`.
 *
 * @throws TypeError that names the first layer of an unsupported class, or the option of it that is not supported.
 */
export function convert(model: LayerModel, weights: ReadonlyMap<string, Tensor>): Graph {
  const graph = new Graph();
  const inputs = model.inputs.map(({ layer }) => graph.input(layer.name, elementType(layer), inputShape(layer)));
  graph.outputs = convertModel(model, inputs, { graph, weights, constants: new Map() });
  return graph;
}

interface Conversion {
  readonly graph: Graph;
  readonly weights: ReadonlyMap<string, Tensor>;
  readonly constants: Map<string, Value>;
}

/** The nodes of a model over the given inputs. A model used as a layer comes here once a call, sharing its constants. */
function convertModel(model: LayerModel, inputs: readonly Value[], conversion: Conversion): Value[] {
  const known = new Map<LayerCall, Value[]>(model.inputs.map((call, i) => [call, [inputs[i]]]));

  const resolve = ({ call, index }: LayerOutput): Value => {
    let outputs = known.get(call);
    if (!outputs) {
      outputs = convertCall(call.layer, call.inputs.map(resolve), conversion);
      known.set(call, outputs);
    }
    return outputs[index];
  };
  return model.outputs.map(resolve);
}

function convertCall(layer: Layer, inputs: readonly Value[], conversion: Conversion): Value[] {
  if (layer.model) return convertModel(layer.model, inputs, conversion);
  const converter = converterOf(layer.className);
  if (!converter)
    throw new TypeError(
      `${layer.config.layer}: this class cannot be exported (supported: ${Object.keys(converters).join(', ')})`,
    );
  const { graph, weights, constants } = conversion;
  const wrapped = layer.wrapped && wrappedLayer(layer.wrapped, layer.name, conversion);
  return [converter(new LayerScope(layer.name, layer.config, inputs, graph, weights, constants, wrapped))].flat();
}

/** Weights of a wrapped layer are named after the wrapper; those of a wrapped model after its own layers. */
const wrappedLayer = (layer: Layer, name: string, conversion: Conversion): WrappedLayer => ({
  ...layer,
  convert: (inputs) => convertCall({ ...layer, name }, inputs, conversion),
});

function elementType({ config }: Layer): ElementType {
  return config.oneOf('dtype', ['float32', 'int32'], 'float32');
}

function inputShape({ name, config }: Layer): Dimension[] {
  const shape = config.get('batch_input_shape');
  if (!Array.isArray(shape)) throw new SyntaxError(`${config.layer}: batch_input_shape is missing`);
  return shape.map((size: unknown, axis) =>
    typeof size === 'number' && size >= 0 ? size : axis === 0 ? 'batch' : `${name}_size${axis}`,
  );
}
