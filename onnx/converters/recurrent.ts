import type { Value } from '../graph.js';
import type { LayerConverter, LayerScope } from './layer-scope.js';
import { reversed } from './masks.js';
import type { ActivationName, Cell } from './recurrent-cells.js';
import { fused } from './recurrent-fused.js';
import { type Leaf, leavesOf } from './recurrent-leaves.js';
import { unrolled } from './recurrent-unrolled.js';

/**
 * SimpleRNN, GRU, LSTM, and RNN over their cells or StackedRNNCells → for each cell one operator over all steps, or the
 * steps written out (`unrolled`) where the operator lacks an activation. x (batch, steps, in), initial states (batch,
 * units) as further inputs.
 *
 * Outputs: the last h (batch, units) or, with `return_sequences`, each step's (batch, steps, units) in the order in
 * which they were computed; with `return_state` the last states too. `unroll` and the dropouts mean nothing here.
 *
 * Stacked cells are layers upon layers: nothing of a cell reaches one below it. Their states come and go with those of
 * the topmost cell first. Masked steps repeat the states of the step before.
 */
const recurrent =
  (className: string): LayerConverter =>
  (layer) => {
    const { output, states } = convertRecurrent(layer, leavesOf(layer, className));
    return layer.config.boolean('return_state', false) ? [output, ...states] : output;
  };

export const convertGru = recurrent('GRU');
export const convertLstm = recurrent('LSTM');
export const convertRnn = recurrent('RNN');
export const convertSimpleRnn = recurrent('SimpleRNN');

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

/** More steps are not written out: such a file would be large and slow to load. */
const mostSteps = 256;

export interface RecurrentOutputs {
  /** What the layer gives beside its states. */
  readonly output: Value;
  /** After the last step, h first. */
  readonly states: readonly Value[];
}

/** How one cell goes over its steps. */
export interface Run {
  readonly cell: Cell;
  readonly sequences: boolean;
  /** From the last step to the first; a sequence comes out in that order. */
  readonly backwards: boolean;
  /** Gives the sequence back to front, as the backward half of a Bidirectional layer does. */
  readonly reversed: boolean;
  /** (batch, steps), true where a step counts. */
  readonly mask?: Value;
  /** Whether the last states are given too. */
  readonly states: boolean;
}

/**
 * @param isReversed gives the sequence back to front
 * @throws TypeError for what has no meaning in a file, or no operator
 */
export function convertRecurrent(layer: LayerScope, leaves: readonly Leaf[], isReversed = false): RecurrentOutputs {
  const { config, inputs } = layer;
  refuseState(layer);
  const counts = leaves.map(({ cell }) => cell.states);
  const needed = counts.reduce((sum, count) => sum + count, 0);
  if (inputs.length !== 1 && inputs.length !== 1 + needed)
    throw layer.refusal(`${inputs.length} inputs`, `1, or ${1 + needed} with the initial state`);
  const [x, ...initial] = inputs;
  if (x.shape.length !== 3) throw layer.refusal(`an input of ${x.shape.length} axes`, '(batch, steps, features)');
  const backwards = config.boolean('go_backwards', false);

  let mask = layer.maskOver(x.shape.slice(0, 2));
  let output = x;
  const states: Value[] = [];
  for (const [i, leaf] of leaves.entries()) {
    const top = i === leaves.length - 1;
    const above = counts.slice(i + 1).reduce((sum, count) => sum + count, 0);
    const scope = layer.as(leaf.name, leaf.config, [output, ...initial.slice(above, above + counts[i])]);
    const last = convertLeaf(scope, {
      cell: leaf.cell,
      sequences: !top || config.boolean('return_sequences', false),
      backwards: i === 0 && backwards,
      reversed: top && isReversed,
      mask,
      states: config.boolean('return_state', false),
    });
    if (i === 0 && backwards && mask && !top) mask = reversed(scope, mask);
    output = last.output;
    states.unshift(...last.states);
  }
  return { output, states };
}

/** A state that lives on between runs has no place in a file. */
export function refuseState(layer: LayerScope): void {
  if (layer.config.boolean('stateful', false))
    throw layer.refusal('stateful', 'layers whose state begins at zero or comes as an input: a file keeps none');
}

function convertLeaf(layer: LayerScope, run: Run): RecurrentOutputs {
  if (layer.config.boolean('reset_after', false)) throw layer.refusal('reset_after', 'reset_after false, as in tfjs');
  const used = run.cell.activations(layer);
  const named = (names: Partial<Record<ActivationName, string>>) => used.map((name) => names[name]!);
  if (used.every((name) => everywhere[name])) return fused(layer, run, named(everywhere));
  const steps = layer.inputs[0].shape[1];
  const missing = used.find((name) => !onCpu[name]);
  if (typeof steps === 'number' && (steps <= mostSteps || missing !== undefined)) return unrolled(layer, run, steps);
  if (missing !== undefined)
    throw layer.refusal(`activation ${missing} over an unknown number of steps`, Object.keys(onCpu).join(', '));
  return fused(layer, run, named(onCpu));
}
