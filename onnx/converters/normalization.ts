import { float, floatTensor, type Value } from '../graph.js';
import { elementCount, inverse, range, reshapeTensor, staticSizes } from '../layout.js';
import type { LayerConverter, LayerScope } from './layer-scope.js';

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
  const variance = layer.constant('moving_variance', () => layer.weight('moving_variance'));
  const mean = layer.constant('moving_mean', () => layer.weight('moving_mean', variance.shape as number[]));
  const [channels] = variance.shape as readonly number[];
  if (x.shape[axis] !== channels)
    throw new RangeError(`${config.layer}: ${x.shape[axis]} channels come in, moving_variance has ${channels}`);
  const filled = (value: number) => floatTensor([channels], new Array<number>(channels).fill(value));
  const gamma = layer.constant('gamma', () =>
    config.boolean('scale', true) ? layer.weight('gamma', [channels]) : filled(1),
  );
  const beta = layer.constant('beta', () =>
    config.boolean('center', true) ? layer.weight('beta', [channels]) : filled(0),
  );
  const axisSecond = [0, axis, ...range(1, rank).filter((other) => other !== axis)];
  const moved = layer.transpose(x, axisSecond);
  const normalised = layer.add('BatchNormalization', [moved, gamma, beta, mean, variance], moved.shape, {
    epsilon: float(config.number('epsilon', 1e-3)),
  });
  return layer.transpose(normalised, inverse(axisSecond));
};

/**
 * LayerNormalization → LayerNormalization (ai.onnx 17) over the last axes; over others, written out:
 * y = (x − mean) / √(mean((x − mean)²) + epsilon) · gamma + beta, gamma and beta of the sizes of `axis`.
 *
 * @throws TypeError for the batch among the axes, and for axes of unknown size
 */
export const convertLayerNormalization: LayerConverter = (layer) => {
  const { input: x, rank, config } = layer;
  const given = config.get('axis');
  const axes = config.integers('axis', Array.isArray(given) ? given.length : 1, -1).map((axis) => layer.axis(axis));
  const sizes = staticSizes(axes.map((axis) => x.shape[axis]));
  if (axes.includes(0)) throw layer.refusal('axis 0, the batch', `1 to ${rank - 1}`);
  if (!sizes) throw layer.refusal('an axis of unknown size', 'known sizes: gamma and beta have them');
  // As tfjs reads them: the elements as they lie, under the sizes in the order of the axes in x.
  const first = Math.min(...axes);
  const shape = range(first, rank).map((axis) => (axes.includes(axis) ? (x.shape[axis] as number) : 1));
  const parameter = (name: string, present: boolean, otherwise: number): Value =>
    layer.constant(name, () => {
      const ones = () => floatTensor(shape, new Array<number>(elementCount(shape)).fill(otherwise));
      return present ? reshapeTensor(layer.weight(name, sizes), shape) : ones();
    });
  const gamma = parameter('gamma', config.boolean('scale', true), 1);
  const beta = parameter('beta', config.boolean('center', true), 0);
  const epsilon = config.number('epsilon', 1e-3);
  if (axes.length === rank - first)
    return layer.add('LayerNormalization', [x, gamma, beta], x.shape, { axis: first, epsilon: float(epsilon) });
  const normalised = normalise(layer, x, [...axes].sort(), epsilon);
  return layer.add('Add', [layer.add('Mul', [normalised, gamma], x.shape), beta], x.shape);
};

function normalise(layer: LayerScope, x: Value, axes: number[], epsilon: number): Value {
  const reduced = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const meanOf = (value: Value) => layer.add('ReduceMean', [value], reduced, { axes, keepdims: 1 });
  const centred = layer.add('Sub', [x, meanOf(x)], x.shape);
  const variance = meanOf(layer.add('Mul', [centred, centred], x.shape));
  const deviation = layer.add(
    'Sqrt',
    [layer.add('Add', [variance, layer.scalar('epsilon', epsilon)], reduced)],
    reduced,
  );
  return layer.add('Div', [centred, deviation], x.shape);
}
