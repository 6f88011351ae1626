import { floatTensor, type Graph, intTensor, type Node, type Value } from './graph.js';
import { elementCount, staticSizes } from './layout.js';
import type { GraphModel } from './parse/graph-model.js';
import { callsOf } from './parse/order.js';
import type { LayerModel } from './parse/topology.js';

/** Whose output is to be given: a layer's, by its name, or of it: */
export type OutputSource = string | LayerOutputSource;

export interface LayerOutputSource {
  readonly layer: string;
  /** Its elements in another shape, the batch not counted. */
  readonly shape?: readonly number[];
  /** What its softmax is taken of: logits. */
  readonly beforeSoftmax?: boolean;
  /** What the logits are divided by before the softmax, or before they are given (temperature scaling). Default: 1. */
  readonly temperature?: number;
}

const layerOf = (source: OutputSource): string => (typeof source === 'string' ? source : source.layer);

/**
 * The model with other outputs: the first output of each layer that is named.
 *
 * @throws RangeError for a layer that is not there, with all that are, and for one that is called several times
 */
export function withOutputs(model: LayerModel, sources: readonly OutputSource[]): LayerModel {
  const calls = callsOf(model);
  const outputs = sources.map(layerOf).map((name) => {
    const found = calls.filter(({ layer }) => layer.name === name);
    if (found.length > 1)
      throw new RangeError(`layer "${name}" is called ${found.length} times: which output is meant?`);
    if (found.length === 0)
      throw new RangeError(
        `the model has no layer "${name}" to give as an output (there are: ${calls.map(({ layer }) => layer.name).join(', ')})`,
      );
    return { call: found[0], index: 0 };
  });
  return { ...model, outputs };
}

/**
 * The graph model with other outputs: `node`, or `node:1` for its second output.
 *
 * @throws RangeError for a node that is not there, TypeError where a shape is wished for too
 */
export function withNodeOutputs(model: GraphModel, sources: readonly OutputSource[]): GraphModel {
  const outputs = sources.map((source) => {
    if (typeof source !== 'string')
      throw new TypeError('an output of a graph model keeps its shape: name its node alone');
    const [node, index = '0'] = source.split(':');
    if (!model.graph.nodes.has(node)) throw new RangeError(`the graph has no node "${node}" to give as an output`);
    return { name: source, node, index: Number(index) };
  });
  return { ...model, graph: { ...model.graph, outputs } };
}

/**
 * Gives what is wanted of the layers' outputs: what their softmax is taken of, logits at another temperature by Mul, another
 * shape by Reshape (ai.onnx 14).
 *
 * @throws RangeError where the elements do not fit the shape or a temperature is not above 0, TypeError where there is no
 *   softmax
 */
export function reshapeOutputs(graph: Graph, sources: readonly OutputSource[]): void {
  const producers = graph.producers();
  graph.outputs = graph.outputs.map((output, i) => {
    const source = sources[i];
    if (typeof source === 'string') return output;
    const { layer, shape, beforeSoftmax, temperature = 1 } = source;
    const softmax = producers.get(output);
    if ((beforeSoftmax || temperature !== 1) && softmax?.op !== 'Softmax')
      throw new TypeError(`layer "${layer}" does not end in a softmax, so it has no logits: give its output itself`);
    const value = beforeSoftmax || temperature !== 1 ? cooled(graph, softmax!, source) : output;
    return shape ? reshape(graph, value, layer, shape) : value;
  });
}

/** A softmax's logits / T, or the softmax of that. */
function cooled(graph: Graph, softmax: Node, { layer, beforeSoftmax, temperature = 1 }: LayerOutputSource): Value {
  if (!(temperature > 0 && Number.isFinite(temperature)))
    throw new RangeError(`temperature ${temperature} of layer "${layer}" is not supported (supported: above 0)`);
  const [logits] = softmax.inputs;
  const factor = graph.constant(`${layer}/temperature`, floatTensor([], [1 / temperature]));
  const scaled = temperature === 1 ? logits : graph.add('Mul', `${layer}/temperature`, [logits, factor], logits.shape);
  if (beforeSoftmax) return scaled;
  return graph.add('Softmax', `${layer}/Softmax`, [scaled], softmax.output.shape, softmax.attributes);
}

function reshape(graph: Graph, x: Value, layer: string, wanted: readonly number[]): Value {
  const [batch, ...sizes] = x.shape;
  if (String(sizes) === String(wanted)) return x;
  const known = staticSizes(sizes);
  if (!known || elementCount(known) !== elementCount(wanted))
    throw new RangeError(
      `layer "${layer}" gives ${x.shape.join(' × ')}, which is not ${[batch, ...wanted].join(' × ')}`,
    );
  const shape = graph.constant(`${layer}/shape`, intTensor([0, ...wanted]));
  return graph.add('Reshape', `${layer}/Reshape`, [x, shape], [batch, ...wanted]);
}
