import { dataTypeCodes } from '../element-types.js';
import { absent, type Dimension, intTensor, type Value } from '../graph.js';
import type { LayerScope } from './layer-scope.js';
import { reversed } from './masks.js';
import type { RecurrentOutputs, Run } from './recurrent.js';
import { biasOfBoth, gatesInRows } from './recurrent-weights.js';

/**
 * x → Transpose (steps, batch, in) → op → Y (steps, 1, batch, units), Y_h and Y_c (1, batch, units): `layout` 1, which
 * would spare the Transpose, is refused by onnxruntime. Backwards means over the reversed input: that gives outputs in
 * tfjs's order, where ONNX's own direction `reverse` gives them in time's.
 *
 * W (1, gates · units, in), R (1, gates · units, units) and B (1, 2 · gates · units): recurrent-weights.ts.
 */
export function fused(layer: LayerScope, run: Run, names: readonly string[]): RecurrentOutputs {
  if (run.mask) return masked(layer, run, run.mask, names);
  const { inputs } = layer;
  const timeMajor = layer.transpose(inputs[0], [1, 0, 2]);
  const input = run.backwards ? reverse(layer, timeMajor) : timeMajor;
  const [sequence, ...last] = operator(layer, run, input, names);
  const squeezed = last.map((state) => squeeze(layer, state, 0));
  if (!run.sequences) return { output: squeezed[0], states: squeezed };
  const steady = squeeze(layer, sequence, 1); // (steps, batch, units)
  const output = layer.transpose(run.reversed ? reverse(layer, steady) : steady, [1, 0, 2]);
  return { output, states: squeezed };
}

/** The operator over (steps, batch, in): Y, Y_h and, of an LSTM, Y_c. */
function operator(layer: LayerScope, { cell }: Run, x: Value, names: readonly string[], lengths = absent): Value[] {
  const { config } = layer;
  const initial = layer.inputs.slice(1);
  const [steps, batch, features] = x.shape;
  const units = config.number('units');
  const width = cell.gates.length * units;
  if (typeof features !== 'number') throw layer.refusal('an unknown number of features', 'a known one');
  const kernel = layer.constant('W', () => gatesInRows(layer.weight('kernel', [features, width]), cell.gates));
  const recurrentKernel = layer.constant('R', () =>
    gatesInRows(layer.weight('recurrent_kernel', [units, width]), cell.gates),
  );
  const bias = layer.constant('B', () =>
    biasOfBoth(config.boolean('use_bias', true) ? layer.weight('bias', [width]) : undefined, cell.gates, units),
  );
  const states = initial.map((state) => unsqueeze(layer, state));
  const further = states.length > 0 || lengths !== absent ? [lengths, ...states] : [];
  return layer.addWithOutputs(
    cell.op,
    [x, kernel, recurrentKernel, bias, ...further],
    [[steps, 1, batch, units], ...new Array<Dimension[]>(cell.states).fill([1, batch, units])],
    { hidden_size: units, activations: names },
  );
}

/**
 * Masked steps repeat the state before them. So the steps that count are brought together at the front, in their order
 * (TopK gives equal elements in the order of their places), the operator goes over those, and after a step the state is
 * that after the last of them up to there:
 *
 * x → GatherND (batch, steps, in) → op → Y (batch, steps, units); state after t = Y at (number that count up to t) − 1,
 * or the initial state where none did. ONNX's `sequence_lens` is for c alone, which the operator gives once.
 */
function masked(layer: LayerScope, run: Run, mask: Value, names: readonly string[]): RecurrentOutputs {
  const [x, ...initial] = layer.inputs;
  const [batch, steps, features] = x.shape;
  const inOrder = run.backwards ? alongTime(layer, x) : x;
  const counts = run.backwards ? reversed(layer, mask) : mask; // (batch, steps)
  const axis1 = layer.constant('axis1', () => intTensor([1]));
  const numbers = layer.add('Cast', [counts], counts.shape, { to: dataTypeCodes.float32 });
  const count =
    typeof steps === 'number'
      ? layer.constant('steps', () => intTensor([steps]))
      : layer.add('Shape', [x], [1], { start: 1, end: 2 });
  const [, order] = layer.addWithOutputs('TopK', [numbers, count], undefined, { axis: 1, largest: 1, sorted: 1 });
  const gathered = atPlaces(layer, inOrder, order, [batch, steps, features]);
  const upTo = layer.add(
    'CumSum',
    [
      layer.add('Cast', [counts], counts.shape, { to: dataTypeCodes.int64 }),
      layer.constant('one', () => ({ type: 'int64', shape: [], data: BigInt64Array.of(1n) })),
    ],
    counts.shape,
  );
  const total = layer.add('Gather', [upTo, layer.constant('end', () => intTensor([-1]))], [batch, 1], { axis: 1 });

  const timeMajor = layer.transpose(gathered, [1, 0, 2]);
  const lengths =
    run.states && run.cell.states === 2
      ? layer.add('Cast', [layer.add('Squeeze', [total, axis1], [batch])], [batch], { to: dataTypeCodes.int32 })
      : absent;
  const [sequence, , carry] = operator(layer, run, timeMajor, names, lengths);
  const units = sequence.shape[3];
  const y = layer.transpose(squeeze(layer, sequence, 1), [1, 0, 2]); // (batch, steps, units)
  const none = layer.constant('none', () => intTensor([0]));
  const before = (index: number): Value =>
    initial[index] ? layer.add('Unsqueeze', [initial[index], axis1], [batch, 1, units]) : layer.scalar('zero', 0);
  const anyOf = (places: Value): Value => {
    const some = layer.add('Greater', [places, none], places.shape);
    return layer.add('Unsqueeze', [some, layer.constant('axis2', () => intTensor([2]))], [...places.shape, 1]);
  };
  const after = (places: Value): Value => {
    const shape = [batch, places.shape[1], units];
    const index = layer.add(
      'Max',
      [layer.add('Sub', [places, layer.constant('ones', () => intTensor([1]))], places.shape), none],
      places.shape,
    );
    return layer.add('Where', [anyOf(places), atPlaces(layer, y, index, shape), before(0)], shape);
  };
  const squeezeTime = (value: Value) => layer.add('Squeeze', [value, axis1], [batch, units]);
  const last = squeezeTime(after(total));
  const states = [last];
  if (carry && run.states) {
    const c = layer.add('Transpose', [carry], [batch, 1, units], { perm: [1, 0, 2] });
    states.push(squeezeTime(layer.add('Where', [anyOf(total), c, before(1)], [batch, 1, units])));
  }
  if (!run.sequences) return { output: last, states };
  const all = after(upTo);
  return { output: run.reversed ? alongTime(layer, all) : all, states };
}

/** Of x (batch, n, …) the elements at places (batch, m): GatherND example by example. */
function atPlaces(layer: LayerScope, x: Value, places: Value, shape: readonly Dimension[]): Value {
  const last = layer.constant('axis2', () => intTensor([2]));
  const indices = layer.add('Unsqueeze', [places, last], [...places.shape, 1]);
  return layer.add('GatherND', [x, indices], shape, { batch_dims: 1 });
}

/** x (batch, steps, …), last step first. */
const alongTime = (layer: LayerScope, x: Value): Value => reversed(layer, x);

/** x (steps, …), last step first. */
function reverse(layer: LayerScope, x: Value): Value {
  const index = (label: string, value: number) => layer.constant(label, () => intTensor([value]));
  const [last, first] = [index('last', -1), index('first', -(2 ** 31))]; // the end lies before the first of any length
  return layer.add('Slice', [x, last, first, index('axis0', 0), index('backwards', -1)], x.shape);
}

function squeeze(layer: LayerScope, x: Value, axis: number): Value {
  const shape = x.shape.filter((_, other) => other !== axis);
  return layer.add('Squeeze', [x, layer.constant(`axis${axis}`, () => intTensor([axis]))], shape);
}

/** (batch, units) → (1, batch, units): a state for one direction. */
const unsqueeze = (layer: LayerScope, x: Value): Value =>
  layer.add('Unsqueeze', [x, layer.constant('axis0', () => intTensor([0]))], [1, ...x.shape]);
