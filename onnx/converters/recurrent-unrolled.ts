import { intTensor, type Value } from '../graph.js';
import { range, reshapeTensor } from '../layout.js';
import type { LayerScope } from './layer-scope.js';
import type { RecurrentOutputs, Run } from './recurrent.js';

/** All inputs' products at once, z = x · kernel + bias (batch, steps, gates · units), then step after step. */
export function unrolled(layer: LayerScope, run: Run, steps: number): RecurrentOutputs {
  const { inputs } = layer;
  const z = project(layer, run.cell.gates.length, inputs[0]);
  return stepByStep(layer, run, steps, z, inputs.slice(1), (zt, state) => run.cell.step(layer, zt, state));
}

/** x (…, in) · kernel + bias → (…, gates · units) */
export function project(layer: LayerScope, gates: number, x: Value): Value {
  const { config } = layer;
  const width = gates * config.number('units');
  const features = x.shape.at(-1);
  if (typeof features !== 'number') throw layer.refusal('an unknown number of features', 'a known one');
  const kernel = layer.constant('kernel', () => layer.weight('kernel', [features, width])); // (in, gates · units)
  const shape = x.shape.with(-1, width);
  const product = layer.add('MatMul', [x, kernel], shape);
  if (!config.boolean('use_bias', true)) return product;
  return layer.add('Add', [product, layer.constant('bias', () => layer.weight('bias', [width]))], shape);
}

/**
 * The steps of z (batch, steps, …) one after another. Masked ones keep the state: Where.
 *
 * @param state the initial one, h first; empty for zeros
 * @param next the state after a step
 */
export function stepByStep(
  layer: LayerScope,
  { sequences, backwards, reversed, mask }: Pick<Run, 'sequences' | 'backwards' | 'reversed' | 'mask'>,
  steps: number,
  z: Value,
  initial: readonly Value[],
  next: (zt: Value, state: readonly Value[]) => Value[],
): RecurrentOutputs {
  const outputs: Value[] = [];
  let state = initial;
  for (let step = 0; step < steps; step++) {
    const index = layer.constant(`step${backwards ? steps - 1 - step : step}`, () =>
      reshapeTensor(intTensor([backwards ? steps - 1 - step : step]), []),
    );
    const at = (value: Value) => layer.add('Gather', [value, index], value.shape.toSpliced(1, 1), { axis: 1 });
    const computed = next(at(z), state);
    state = mask ? keepWhereMasked(layer, at(mask), computed, state) : computed;
    outputs.push(state[0]);
  }
  if (!sequences) return { output: state[0], states: state };
  const ordered = reversed ? outputs.toReversed() : outputs;
  const [batch, ...sizes] = state[0].shape;
  const axes = layer.constant('time', () => intTensor([1]));
  const slices = ordered.map((output) => layer.add('Unsqueeze', [output, axes], [batch, 1, ...sizes]));
  return { output: layer.add('Concat', slices, [batch, steps, ...sizes], { axis: 1 }), states: state };
}

/** Element by element the new state where the step counts, else the old one; mask (batch), or with further axes. */
function keepWhereMasked(layer: LayerScope, mask: Value, computed: readonly Value[], old: readonly Value[]): Value[] {
  const missing = computed[0].shape.length - mask.shape.length;
  const counts =
    missing === 0
      ? mask
      : layer.add(
          'Unsqueeze',
          [
            mask,
            layer.constant(`ends${missing}`, () => intTensor(range(mask.shape.length, mask.shape.length + missing))),
          ],
          [...mask.shape, ...new Array<number>(missing).fill(1)],
        );
  return computed.map((state, i) =>
    layer.add('Where', [counts, state, old[i] ?? layer.scalar('zero', 0)], state.shape),
  );
}
