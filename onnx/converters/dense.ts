import { activate } from './activations.js';
import type { LayerConverter } from './layer-scope.js';

/**
 * Dense → Gemm (ai.onnx 13) for (batch, in), MatMul and Add for more axes: y = x · kernel + bias.
 *
 * tfjs kernel (in, out) is what both want; bias (out) broadcasts over all but the last axis.
 */
export const convertDense: LayerConverter = (layer) => {
  const { input: x, rank, config } = layer;
  const [features, units] = [x.shape[rank - 1], config.number('units')];
  if (typeof features !== 'number') throw layer.refusal('an unknown number of features', 'a known one');
  const kernel = layer.constant('kernel', () => layer.weight('kernel', [features, units])); // (in, out)
  const bias = config.boolean('use_bias', true) ? [layer.constant('bias', () => layer.weight('bias', [units]))] : [];
  const shape = [...x.shape.slice(0, -1), units];
  if (rank === 2) return activate(layer, layer.add('Gemm', [x, kernel, ...bias], shape));
  const product = layer.add('MatMul', [x, kernel], shape);
  return activate(layer, bias.length > 0 ? layer.add('Add', [product, ...bias], shape) : product);
};
