import { type Dimension, intTensor, type Value } from '../graph.js';
import { staticSizes } from '../layout.js';
import type { LayerConverter, LayerScope } from './layer-scope.js';

/**
 * TimeDistributed → the layer inside, once, with the steps folded into the batch:
 * x (batch, steps, …in) → Reshape (batch · steps, …in) → layer → (batch · steps, …out) → Reshape (batch, steps, …out).
 *
 * At inference no layer mixes the rows of a batch, so each step is computed as alone. Any size may be unknown.
 * Between two distributed layers the Reshapes cancel (optimise/reshapes.ts).
 */
export const convertTimeDistributed: LayerConverter = (layer) => {
  const { input: x, wrapped } = layer;
  if (!wrapped) throw new SyntaxError(`${layer.config.layer}: the topology holds no layer inside`);
  const outputs = wrapped.convert([fold(layer, x)]);
  if (outputs.length !== 1) throw layer.refusal(`a layer of ${outputs.length} outputs inside`, 'one output');
  return unfold(layer, outputs[0], x);
};

/** (batch, steps, …) → (batch · steps, …) */
function fold(layer: LayerScope, x: Value): Value {
  const [batch, steps, ...sizes] = x.shape;
  const inner = staticSizes(sizes);
  const shape = inner
    ? layer.constant(`step_shape_${inner.join('x')}`, () => intTensor([-1, ...inner]))
    : join(layer, [layer.constant('any', () => intTensor([-1])), shapeOf(layer, x, 2)]);
  return layer.add('Reshape', [x, shape], [product(batch, steps), ...sizes]);
}

/** (batch · steps, …) → (batch, steps, …), with the batch and the steps of `x`. */
function unfold(layer: LayerScope, folded: Value, x: Value): Value {
  const [batch, steps] = x.shape;
  const sizes = folded.shape.slice(1);
  const inner = staticSizes(sizes);
  const result = [batch, steps, ...sizes];
  if (inner && typeof steps === 'number') {
    const known = () => intTensor([-1, steps, ...inner]);
    return layer.add('Reshape', [folded, layer.constant(`steps_shape_${[steps, ...inner].join('x')}`, known)], result);
  }
  const first = layer.add('Shape', [x], [2], { end: 2 });
  const rest = inner
    ? layer.constant(`output_shape_${inner.join('x')}`, () => intTensor(inner))
    : shapeOf(layer, folded, 1);
  return layer.add('Reshape', [folded, join(layer, [first, rest])], result);
}

const shapeOf = (layer: LayerScope, x: Value, start: number): Value =>
  layer.add('Shape', [x], [x.shape.length - start], { start });

function join(layer: LayerScope, parts: Value[]): Value {
  const length = parts.reduce((sum, { shape }) => sum + (shape[0] as number), 0);
  return layer.add('Concat', parts, [length], { axis: 0 });
}

const product = (a: Dimension, b: Dimension): Dimension =>
  typeof a === 'number' && typeof b === 'number' ? a * b : `${a}*${b}`;
