import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { fuseBatchNormalization, respectFreezing } from './batch-normalization.js';
import { biasOf, leaveOutBias } from './convolution.js';
import { type MaskedLayer, seedDropout } from './dropout.js';
import { fuseGru } from './gru.js';
import { fuseMaxPooling } from './max-pooling.js';
import { foldTimeSteps } from './time-distributed.js';
import { mendUnpackGradient } from './unpack-gradient.js';

export type { MaskedLayer } from './dropout.js';

/**
 * Makes a stock model quick to train on the active backend, and its dropout repeatable: its layers compute otherwise
 * while training, and stay what they are in all else. The same numbers and gradients as the stock layers', except where
 * `foldTimeSteps` says otherwise.
 *
 * @param seed decides the dropout masks
 * @returns the layers that draw masks, in the model's order
 */
export function prepareForTraining(model: LayersModel, seed: number): MaskedLayer[] {
  mendUnpackGradient();
  const known = prepared.get(model);
  if (known) for (const layer of known) Object.assign(layer, { seed, step: 0 });
  const masked = known ?? prepare(model, seed);
  prepared.set(model, masked);
  return masked;
}

/** Models that were prepared: asked for again, only their masks begin anew. */
const prepared = new WeakMap<LayersModel, MaskedLayer[]>();

function prepare(model: LayersModel, seed: number): MaskedLayer[] {
  const masked: MaskedLayer[] = [];
  for (const outer of model.layers) {
    if (isModel(outer)) masked.push(...prepare(outer, seed));
    const layer = innermost(outer);
    if (layer !== outer) foldTimeSteps(outer);
    const kind = layer.getClassName();
    if (kind === 'Dropout') masked.push(seedDropout(layer, seed));
    if (kind === 'MaxPooling2D') fuseMaxPooling(layer);
    if (kind === 'GRU') fuseGru(layer);
    if (kind === 'BatchNormalization') {
      const before = theOneBefore(outer);
      const bias = before && biasOf(before);
      if (fuseBatchNormalization(layer, bias) && bias) leaveOutBias(before, layer);
      respectFreezing(layer);
    }
  }
  return masked;
}

const isModel = (layer: layers.Layer): layer is LayersModel => 'layers' in layer;

/** What a TimeDistributed layer distributes; any other layer itself. */
const innermost = (layer: layers.Layer): layers.Layer =>
  layer.getClassName() === 'TimeDistributed' ? (layer as layers.Layer & { layer: layers.Layer }).layer : layer;

/** The layer that feeds this one, if each is the other's only neighbour. */
function theOneBefore(layer: layers.Layer): layers.Layer | undefined {
  const [node, ...others] = layer.inboundNodes;
  if (!node || others.length > 0 || node.inboundLayers.length !== 1) return undefined;
  const [before] = node.inboundLayers;
  return before.outboundNodes.length === 1 ? innermost(before) : undefined;
}
