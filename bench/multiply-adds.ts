import type { LayersModel, layers } from '@tensorflow/tfjs-layers';

/**
 * Multiply-adds of one example's way forward, counted from the layers: a kernel's size times the places where it is
 * applied, for convolutions, dense and recurrent layers. Everything else (normalisation, activations, pooling, biases)
 * is left out, as is custom.
 */
export function multiplyAdds(model: LayersModel): number {
  return model.layers.reduce((sum, layer) => sum + ofLayer(layer, layer.outputShape as number[]), 0);
}

/**
 * GFLOP of a training step on one example: 2 a multiply-add, and 3 ways of the same cost (forward, gradient of the
 * input, gradient of the kernel). The first layer's input gradient, which nobody needs, is counted too.
 */
export const trainingGflop = (model: LayersModel): number => (multiplyAdds(model) * 2 * 3) / 1e9;

/** @param outputShape (batch, …) */
function ofLayer(layer: layers.Layer, outputShape: readonly number[]): number {
  const kernelSize = (names: readonly string[]) =>
    layer.weights
      .filter(({ originalName }) => names.some((name) => originalName.endsWith(name)))
      .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a! * b!, 1)!, 0);
  const places = outputShape.slice(1, -1).reduce((a, b) => a * b, 1);
  switch (layer.getClassName()) {
    case 'Conv2D':
    case 'Dense':
      return kernelSize(['/kernel']) * places;
    case 'LSTM':
    case 'GRU': {
      const [, steps] = Array.isArray(layer.input) ? layer.input[0].shape : layer.input.shape;
      return kernelSize(['/kernel', 'recurrent_kernel']) * steps!;
    }
    case 'TimeDistributed': {
      const [batch, steps, ...rest] = outputShape;
      return steps * ofLayer((layer as unknown as { layer: layers.Layer }).layer, [batch, ...rest]);
    }
    default:
      return 0;
  }
}
