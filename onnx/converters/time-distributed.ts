import { type Dimension, intTensor, type Value } from '../graph.js';
import { staticSizes } from '../layout.js';
import type { LayerConverter, LayerScope } from './layer-scope.js';

/**
 * TimeDistributed → the layer inside, once, with the steps folded into the batch:
 * x (batch, steps, …in) → Reshape (batch · steps, …in) → layer → (batch · steps, …out) → Reshape (batch, steps, …out).
 *
 * At inference no layer mixes the rows of a batch, so each step is computed as alone. Batch and steps may be unknown.
 * Between two distributed layers the Reshapes cancel (optimise/reshapes.ts).
 */
export const convertTimeDistributed: LayerConverter = (layer) => {
  const { input: x, wrapped } = layer;
  if (!wrapped) throw new SyntaxError(`${layer.config.layer}: the topology holds no layer inside`);
  const outputs = wrapped.convert([fold(layer, x)]);
  if (outputs.length !== 1) throw layer.refusal(`a layer of ${outputs.length} outputs inside`, 'one output');
  return unfold(layer, outputs[0], x);
};

function fold(layer: LayerScope, x: Value): Value {
  const [batch, steps, ...sizes] = x.shape;
  const inner = staticSizes(sizes);
  if (!inner) throw layer.refusal(`a step of unknown size (${sizes.join(', ')})`, 'known sizes beyond batch and steps');
  const shape = layer.constant(`step_shape_${inner.join('x')}`, () => intTensor([-1, ...inner]));
  return layer.add('Reshape', [x, shape], [product(batch, steps), ...inner]);
}

/** (batch · steps, …) → (batch, steps, …), with the batch and the steps of `x`. */
function unfold(layer: LayerScope, folded: Value, x: Value): Value {
  const [batch, steps] = x.shape;
  const sizes = folded.shape.slice(1);
  const inner = staticSizes(sizes);
  if (!inner) throw layer.refusal(`a layer of unknown output size (${sizes.join(', ')}) inside`, 'known sizes');
  const shape =
    typeof steps === 'number'
      ? layer.constant(`steps_shape_${[steps, ...inner].join('x')}`, () => intTensor([-1, steps, ...inner]))
      : layer.add(
          'Concat',
          [
            layer.add('Shape', [x], [2], { end: 2 }),
            layer.constant(`output_shape_${inner.join('x')}`, () => intTensor(inner)),
          ],
          [2 + inner.length],
          { axis: 0 },
        );
  return layer.add('Reshape', [folded, shape], [batch, steps, ...inner]);
}

const product = (a: Dimension, b: Dimension): Dimension =>
  typeof a === 'number' && typeof b === 'number' ? a * b : `${a}*${b}`;
