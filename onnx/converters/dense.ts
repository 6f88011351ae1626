import { activate } from './activations.js';
import type { LayerConverter } from './layer-scope.js';

/**
 * Dense → Gemm (ai.onnx 13) for (batch, in), MatMul and Add for more axes: y = x · kernel + bias.
 *
 * tfjs kernel (in, out) is what both want; bias (out) broadcasts over all but the last axis.
 */
export const convertDense: LayerConverter = (layer) => {
  const { input: x, rank, config } = layer;
  const kernel = layer.constant('kernel', () => layer.weight('kernel')); // (in, out)
  const bias = config.boolean('use_bias', true) ? [layer.constant('bias', () => layer.weight('bias'))] : [];
  const shape = [...x.shape.slice(0, -1), kernel.shape[1]];
  if (x.shape[rank - 1] !== kernel.shape[0])
    throw new RangeError(`${config.layer}: ${x.shape[rank - 1]} features come in, the kernel has ${kernel.shape[0]}`);
  if (rank === 2) return activate(layer, layer.add('Gemm', [x, kernel, ...bias], shape));
  const product = layer.add('MatMul', [x, kernel], shape);
  return activate(layer, bias.length > 0 ? layer.add('Add', [product, ...bias], shape) : product);
};
