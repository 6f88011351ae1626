import { absent, type Dimension, intTensor, type Value } from '../graph.js';
import { reshapeTensor } from '../layout.js';
import type { LayerConverter, LayerScope } from './layer-scope.js';
import { type ActivationName, type Cell, gru, lstm, simpleRnn } from './recurrent-cells.js';
import { biasOfBoth, gatesInRows } from './recurrent-weights.js';

/**
 * SimpleRNN, GRU, LSTM → one operator over all steps, or the steps written out (`unrolled`) where the operator lacks an
 * activation. x (batch, steps, in), initial states (batch, units) as further inputs.
 *
 * Outputs: the last h (batch, units) or, with `return_sequences`, each step's (batch, steps, units) in the order in
 * which they were computed; with `return_state` the last states too. `unroll` and the dropouts mean nothing here.
 */
const recurrent =
  (cell: Cell): LayerConverter =>
  (layer) => {
    const { output, states } = convertRecurrent(layer, cell);
    return layer.config.boolean('return_state', false) ? [output, ...states] : output;
  };

/** By tfjs's class name. */
export const cells: ReadonlyMap<string, Cell> = new Map([
  ['GRU', gru],
  ['LSTM', lstm],
  ['SimpleRNN', simpleRnn],
]);
export const convertGru = recurrent(gru);
export const convertLstm = recurrent(lstm);
export const convertSimpleRnn = recurrent(simpleRnn);

/** Activations that the operators have on every provider, and their ONNX names. */
const everywhere: Partial<Record<ActivationName, string>> = { sigmoid: 'Sigmoid', tanh: 'Tanh', relu: 'Relu' };

/** Those that they have on the CPU alone: on WebGPU a GRU or LSTM with HardSigmoid is an error. */
const onCpu: Partial<Record<ActivationName, string>> = {
  ...everywhere,
  elu: 'Elu',
  hardSigmoid: 'HardSigmoid',
  softplus: 'Softplus',
  softsign: 'Softsign',
};

export interface RecurrentOutputs {
  /** What the layer gives beside its states. */
  readonly output: Value;
  /** After the last step, h first. */
  readonly states: readonly Value[];
}

/**
 * @param reversed gives the sequence back to front, as the backward half of a Bidirectional layer does
 * @throws TypeError for what has no meaning in a file, or no operator
 */
export function convertRecurrent(layer: LayerScope, cell: Cell, reversed = false): RecurrentOutputs {
  const { config, inputs } = layer;
  if (config.boolean('stateful', false))
    throw layer.refusal('stateful', 'layers whose state begins at zero or comes as an input: a file keeps none');
  if (config.boolean('reset_after', false)) throw layer.refusal('reset_after', 'reset_after false, as in tfjs');
  if (inputs.length !== 1 && inputs.length !== 1 + cell.states)
    throw layer.refusal(`${inputs.length} inputs`, `1, or ${1 + cell.states} with the initial state`);
  const used = cell.activations(layer);
  if (used.every((name) => everywhere[name]))
    return fused(
      layer,
      cell,
      used.map((name) => everywhere[name]!),
      reversed,
    );
  const steps = inputs[0].shape[1];
  if (typeof steps === 'number') return unrolled(layer, cell, steps, reversed);
  const missing = used.find((name) => !onCpu[name]);
  if (missing !== undefined)
    throw layer.refusal(`activation ${missing} over an unknown number of steps`, Object.keys(onCpu).join(', '));
  return fused(
    layer,
    cell,
    used.map((name) => onCpu[name]!),
    reversed,
  );
}

/**
 * x → Transpose (steps, batch, in) → op → Y (steps, 1, batch, units), Y_h and Y_c (1, batch, units): `layout` 1, which
 * would spare the Transpose, is refused by onnxruntime. Backwards means over the reversed input: that gives outputs in
 * tfjs's order, where ONNX's own direction `reverse` gives them in time's.
 *
 * W (1, gates · units, in), R (1, gates · units, units) and B (1, 2 · gates · units): recurrent-weights.ts.
 */
function fused(layer: LayerScope, cell: Cell, names: readonly string[], reversed: boolean): RecurrentOutputs {
  const { config, inputs } = layer;
  const [x, ...initial] = inputs;
  const [batch, steps] = x.shape;
  const kernel = layer.constant('W', () => gatesInRows(layer.weight('kernel'), cell.gates));
  const recurrentKernel = layer.constant('R', () => gatesInRows(layer.weight('recurrent_kernel'), cell.gates));
  const units = recurrentKernel.shape[2] as number;
  if (x.shape[2] !== kernel.shape[2])
    throw new RangeError(`${config.layer}: ${x.shape[2]} features come in, the kernel has ${kernel.shape[2]}`);
  const bias = layer.constant('B', () =>
    biasOfBoth(config.boolean('use_bias', true) ? layer.weight('bias') : undefined, cell.gates, units),
  );
  const timeMajor = layer.transpose(x, [1, 0, 2]);
  const input = config.boolean('go_backwards', false) ? reverse(layer, timeMajor) : timeMajor;
  const states = initial.map((state) => unsqueeze(layer, state));
  const stateShape = [1, batch, units];
  const [sequence, ...last] = layer.addWithOutputs(
    cell.op,
    [input, kernel, recurrentKernel, bias, ...(states.length > 0 ? [absent, ...states] : [])],
    [[steps, 1, batch, units], ...new Array<Dimension[]>(cell.states).fill(stateShape)],
    { hidden_size: units, activations: names },
  );
  const squeezed = last.map((state) => squeeze(layer, state, 0));
  if (!config.boolean('return_sequences', false)) return { output: squeezed[0], states: squeezed };
  const steady = squeeze(layer, sequence, 1); // (steps, batch, units)
  const output = layer.transpose(reversed ? reverse(layer, steady) : steady, [1, 0, 2]);
  return { output, states: squeezed };
}

/** All inputs' products at once, z = x · kernel + bias (batch, steps, gates · units), then step after step. */
function unrolled(layer: LayerScope, cell: Cell, steps: number, reversed: boolean): RecurrentOutputs {
  const { config, inputs } = layer;
  const [x, ...initial] = inputs;
  const kernel = layer.constant('kernel', () => layer.weight('kernel')); // (in, gates · units)
  if (x.shape[2] !== kernel.shape[0])
    throw new RangeError(`${config.layer}: ${x.shape[2]} features come in, the kernel has ${kernel.shape[0]}`);
  const shape = [...x.shape.slice(0, 2), kernel.shape[1]];
  const product = layer.add('MatMul', [x, kernel], shape);
  const z = config.boolean('use_bias', true)
    ? layer.add('Add', [product, layer.constant('bias', () => layer.weight('bias'))], shape)
    : product;
  const outputs: Value[] = [];
  let state: readonly Value[] = initial;
  for (let step = 0; step < steps; step++) {
    const time = config.boolean('go_backwards', false) ? steps - 1 - step : step;
    const index = layer.constant(`step${time}`, () => reshapeTensor(intTensor([time]), []));
    state = cell.step(layer, layer.add('Gather', [z, index], [shape[0], shape[2]], { axis: 1 }), state);
    outputs.push(state[0]);
  }
  if (!config.boolean('return_sequences', false)) return { output: state[0], states: state };
  const ordered = reversed ? outputs.toReversed() : outputs;
  const units = state[0].shape[1];
  const axes = layer.constant('time', () => intTensor([1]));
  const slices = ordered.map((output) => layer.add('Unsqueeze', [output, axes], [shape[0], 1, units]));
  return { output: layer.add('Concat', slices, [shape[0], steps, units], { axis: 1 }), states: state };
}

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
