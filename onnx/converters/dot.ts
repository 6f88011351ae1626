import { intTensor, type Value } from '../graph.js';
import type { LayerConverter, LayerScope } from './layer-scope.js';

/** tfjs's epsilon of 32-bit backends. */
const EPSILON = 1e-7;

/**
 * Dot → the sum of products along one axis of each input, a of x and b of y, example by example:
 *
 * - x (batch, k) and y (batch, k): Mul, ReduceSum → (batch, 1); one element of x or y meets all of the other
 * - else MatMul (ai.onnx 13): x as (batch, m, k), transposed where a is 1; y as (batch, k, n), transposed where b is 2.
 *   An input of two axes gets one of size 1 for m or n, which the product loses again: (batch, m, n), (batch, m) or
 *   (batch, n).
 *
 * With `normalize` each input is first divided by √max(Σ x², 1e-7) along its axis: the cosine of the two.
 *
 * @throws TypeError for more than three axes, which tfjs refuses too, and for the batch as axis
 */
export const convertDot: LayerConverter = (layer) => {
  const { config, inputs } = layer;
  if (inputs.length !== 2) throw layer.refusal(`${inputs.length} inputs`, 'two');
  const large = inputs.find(({ shape }) => shape.length > 3);
  if (large) throw layer.refusal(`an input of ${large.shape.length} axes`, 'two or three');
  const axes = config.integers('axes', 2).map((axis, i) => layer.axis(axis, inputs[i].shape.length));
  if (axes.includes(0)) throw layer.refusal('axis 0, the batch', '1 and 2');
  const [k, l] = axes.map((axis, i) => inputs[i].shape[axis]);
  const broadcast = inputs.every(({ shape }) => shape.length === 2) && (k === 1 || l === 1);
  if (typeof k === 'number' && typeof l === 'number' && k !== l && !broadcast)
    throw new RangeError(`${config.layer}: ${k} elements along axis ${axes[0]} meet ${l} along axis ${axes[1]}`);
  const [x, y] = config.boolean('normalize', false) ? inputs.map((input, i) => unit(layer, input, axes[i])) : inputs;
  return dot(layer, x, y, axes);
};

function dot(layer: LayerScope, x: Value, y: Value, [a, b]: readonly number[]): Value {
  const [batch] = x.shape;
  const [flatX, flatY] = [x.shape.length === 2, y.shape.length === 2];
  if (flatX && flatY) {
    const product = layer.add('Mul', [x, y], [batch, x.shape[1] === 1 ? y.shape[1] : x.shape[1]]);
    return layer.add('ReduceSum', [product, axisOf(layer, 1)], [batch, 1], { keepdims: 1 });
  }
  const left = flatX ? unsqueeze(layer, x, 1) : a === 1 ? layer.transpose(x, [0, 2, 1]) : x; // (batch, m, k)
  const right = flatY ? unsqueeze(layer, y, 2) : b === 2 ? layer.transpose(y, [0, 2, 1]) : y; // (batch, k, n)
  const [m, n] = [left.shape[1], right.shape[2]];
  const product = layer.add('MatMul', [left, right], [batch, m, n]);
  if (flatX) return layer.add('Squeeze', [product, axisOf(layer, 1)], [batch, n]);
  if (flatY) return layer.add('Squeeze', [product, axisOf(layer, 2)], [batch, m]);
  return product;
}

/** x / max(√Σ x², √1e-7) along an axis. */
function unit(layer: LayerScope, x: Value, axis: number): Value {
  const shape = x.shape.with(axis, 1);
  const norm = layer.add('ReduceL2', [x], shape, { axes: [axis], keepdims: 1 });
  const least = layer.scalar('least_norm', Math.sqrt(EPSILON));
  return layer.add('Div', [x, layer.add('Max', [norm, least], shape)], x.shape);
}

const axisOf = (layer: LayerScope, axis: number): Value => layer.constant(`axis${axis}`, () => intTensor([axis]));

const unsqueeze = (layer: LayerScope, x: Value, axis: number): Value =>
  layer.add('Unsqueeze', [x, axisOf(layer, axis)], x.shape.toSpliced(axis, 0, 1));
