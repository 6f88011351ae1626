import { type Graph, intTensor, type Value } from './graph.js';
import type { LayerCall, LayerModel } from './parse/topology.js';

/** Whose output is to be given: a layer's, by its name; `squeeze` names an axis of size 1 that is left away. */
export type OutputSource = string | { readonly layer: string; readonly squeeze: number };

const layerOf = (source: OutputSource): string => (typeof source === 'string' ? source : source.layer);

/** The calls of a model's layers that its outputs need, inputs first; a model used as a layer is one. */
export function callsOf(model: LayerModel): LayerCall[] {
  const calls = new Set<LayerCall>();
  const visit = (call: LayerCall) => {
    if (calls.has(call)) return;
    for (const input of call.inputs) visit(input.call);
    calls.add(call);
  };
  for (const { call } of model.outputs) visit(call);
  return [...calls];
}

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

/** Leaves the axes away that are not wanted: Squeeze (ai.onnx 13). @throws RangeError where the axis is not of size 1 */
export function squeezeOutputs(graph: Graph, sources: readonly OutputSource[]): void {
  graph.outputs = graph.outputs.map((output, i) => {
    const source = sources[i];
    return typeof source === 'string' ? output : squeeze(graph, output, source);
  });
}

function squeeze(graph: Graph, x: Value, { layer, squeeze: axis }: { layer: string; squeeze: number }): Value {
  const { shape } = x;
  if (shape.at(axis) !== 1)
    throw new RangeError(
      `layer "${layer}" gives ${shape.join(' × ')}: axis ${axis}, to be left away, is not of size 1`,
    );
  const left = shape.toSpliced(axis, 1);
  return graph.add('Squeeze', `${layer}/Squeeze`, [x, graph.constant(`${layer}/axis`, intTensor([axis]))], left);
}
