import { type Graph, intTensor, type Value } from './graph.js';
import { elementCount, staticSizes } from './layout.js';
import type { GraphModel } from './parse/graph-model.js';
import { callsOf } from './parse/order.js';
import type { LayerModel } from './parse/topology.js';

/** Whose output is to be given: a layer's, by its name; its elements in another `shape`, the batch not counted. */
export type OutputSource = string | { readonly layer: string; readonly shape: readonly number[] };

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

/** Gives outputs the shapes that are wanted: Reshape (ai.onnx 14). @throws RangeError where the elements do not fit */
export function reshapeOutputs(graph: Graph, sources: readonly OutputSource[]): void {
  graph.outputs = graph.outputs.map((output, i) => {
    const source = sources[i];
    return typeof source === 'string' ? output : reshape(graph, output, source.layer, source.shape);
  });
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
