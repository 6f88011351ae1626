import { type Dimension, intTensor, type Value } from '../graph.js';
import { range } from '../layout.js';
import type { LayerConverter, LayerScope } from './layer-scope.js';

/** Element by element over all inputs, two at a time: op(op(a, b), c). */
const merge =
  (op: 'Add' | 'Mul' | 'Max' | 'Min'): LayerConverter =>
  (layer) =>
    combine(layer, op);

export const convertAdd = merge('Add');
export const convertMultiply = merge('Mul');
export const convertMaximum = merge('Max');
export const convertMinimum = merge('Min');

/** (a + b + …) · (1 / n) */
export const convertAverage: LayerConverter = (layer) => {
  const sum = combine(layer, 'Add');
  return layer.add('Mul', [sum, layer.scalar('share', 1 / layer.inputs.length)], sum.shape);
};

/** Concatenate → Concat along `axis`, the last by default. */
export const convertConcatenate: LayerConverter = (layer) => {
  const [first] = layer.inputs;
  const rank = first.shape.length;
  const axis = layer.axis(layer.config.integers('axis', 1, -1)[0], rank);
  const sizes = layer.inputs.map((input) => input.shape[axis]);
  const shape = first.shape.map((size, i): Dimension => {
    if (i !== axis) return size;
    return sizes.every((known) => typeof known === 'number')
      ? sizes.reduce((sum, known) => sum + known, 0)
      : layer.unknownSize('size');
  });
  return layer.add('Concat', [...layer.inputs], shape, { axis });
};

/**
 * tfjs brings inputs of fewer axes to the rank of the others by new axes after the batch: (batch, c) beside
 * (batch, h, c) counts as (batch, 1, c). Then sizes of 1 broadcast, as in ONNX.
 */
function combine(layer: LayerScope, op: string): Value {
  if (layer.inputs.length < 2) throw layer.refusal(`${layer.inputs.length} inputs`, 'two or more');
  const rank = Math.max(...layer.inputs.map((input) => input.shape.length));
  const inputs = layer.inputs.map((input) => {
    const missing = rank - input.shape.length;
    if (missing === 0) return input;
    const shape = [input.shape[0], ...new Array<number>(missing).fill(1), ...input.shape.slice(1)];
    const axes = layer.constant(`axes${missing}`, () => intTensor(range(1, 1 + missing)));
    return layer.add('Unsqueeze', [input, axes], shape);
  });
  return inputs.slice(1).reduce((sum, next) => {
    const shape = sum.shape.map((size, axis) => (size === 1 ? next.shape[axis] : size));
    return layer.add(op, [sum, next], shape);
  }, inputs[0]);
}
