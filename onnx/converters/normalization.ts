import { float, floatTensor } from '../graph.js';
import { inverse, range } from '../layout.js';
import type { LayerConverter } from './layer-scope.js';

/**
 * BatchNormalization → BatchNormalization (ai.onnx 15), inference mode:
 * y = (x − mean) / √(variance + epsilon) · gamma + beta along `axis`.
 *
 * ONNX normalises axis 1, so another one is moved there and back. Without `scale` gamma is 1, without `center` beta is
 * 0. tfjs's epsilon is 1e-3, ONNX's 1e-5: always written.
 *
 * Deviation: along an axis that is not the last, tfjs 4.22's cpu kernel takes the parameters in turn, element by
 * element, whatever the axis; the file computes what Keras defines.
 */
export const convertBatchNormalization: LayerConverter = (layer) => {
  const { input: x, rank, config } = layer;
  const axis = layer.axis(config.integers('axis', 1, -1)[0]);
  if (axis === 0) throw layer.refusal('axis 0, the batch', `1 to ${rank - 1}`);
  const mean = layer.constant('moving_mean', () => layer.weight('moving_mean'));
  const variance = layer.constant('moving_variance', () => layer.weight('moving_variance'));
  const [channels] = variance.shape as readonly number[];
  const filled = (value: number) => floatTensor([channels], new Array<number>(channels).fill(value));
  const gamma = layer.constant('gamma', () => (config.boolean('scale', true) ? layer.weight('gamma') : filled(1)));
  const beta = layer.constant('beta', () => (config.boolean('center', true) ? layer.weight('beta') : filled(0)));
  const axisSecond = [0, axis, ...range(1, rank).filter((other) => other !== axis)];
  const moved = layer.transpose(x, axisSecond);
  const normalised = layer.add('BatchNormalization', [moved, gamma, beta, mean, variance], moved.shape, {
    epsilon: float(config.number('epsilon', 1e-3)),
  });
  return layer.transpose(normalised, inverse(axisSecond));
};
