import { type Dimension, intTensor, type Tensor, type Value } from '../graph.js';
import { range, transposeTensor } from '../layout.js';
import { activations } from './activations.js';
import type { LayerScope } from './layer-scope.js';
import { slideWindow } from './windows.js';

export type ActivationName = keyof typeof activations;

/** What one recurrent cell is: as an ONNX operator, and as a step written out. */
export interface Cell {
  /** The operator over all steps (ai.onnx 14). */
  readonly op: 'LSTM' | 'GRU' | 'RNN';
  /** The place in Keras's weights of each gate in ONNX's order. */
  readonly gates: readonly number[];
  /** Its activations in ONNX's order. */
  activations(layer: LayerScope): ActivationName[];
  /** How many states it carries: h, and c in an LSTM. */
  readonly states: 1 | 2;
  /**
   * One step. Nothing stands for a state of zeros.
   *
   * @param z input · kernel + bias (batch, gates · units)
   * @param state (batch, units) each; empty before the first step
   * @returns the new state, h first
   */
  step(layer: LayerScope, z: Value, state: readonly Value[]): Value[];
}

/**
 * i, f, c~, o = σ(z_i + h·U_i), σ(z_f + h·U_f), g(z_c + h·U_c), σ(z_o + h·U_o); c' = f ∘ c + i ∘ c~; h' = o ∘ g(c').
 *
 * Keras keeps the gates as i, f, c, o; ONNX as i, o, f, c with activations (gates, candidate, output) = (σ, g, g).
 */
export const lstm: Cell = {
  op: 'LSTM',
  gates: [0, 3, 1, 2],
  activations: (layer) => [gateActivation(layer), activation(layer), activation(layer)],
  states: 2,
  step: (layer, z, [h, c]) => lstmStep(layer, h ? add(layer, z, timesRecurrent(layer, h, 4)) : z, c),
};

/** A ConvLSTM2D's step, over images with channels first: the recurrent product is a Conv (`same`, stride 1). */
export const convLstmStep = (layer: LayerScope, z: Value, [h, c]: readonly Value[]): Value[] =>
  lstmStep(layer, h ? add(layer, z, convolveRecurrent(layer, h)) : z, c);

/** @param all the gates' sums (batch, 4 · units, …) */
function lstmStep(layer: LayerScope, all: Value, c: Value | undefined): Value[] {
  const [zi, zf, zc, zo] = split(layer, all, 4);
  const gate = (x: Value) => activations[gateActivation(layer)](layer, x);
  const bend = (x: Value) => activations[activation(layer)](layer, x);
  const added = multiply(layer, gate(zi), bend(zc));
  const carry = c ? add(layer, multiply(layer, gate(zf), c), added) : added;
  return [multiply(layer, gate(zo), bend(carry)), carry];
}

/** h (batch, filters, height, width) by the kernel (height, width, filters, 4 · filters). */
function convolveRecurrent(layer: LayerScope, h: Value): Value {
  const [batch, filters, ...space] = h.shape as [string, number, number, number];
  const size = layer.config.integers('kernel_size', 2);
  const kernel = layer.constant('recurrent_kernel', () =>
    transposeTensor(layer.weight('recurrent_kernel', [...size, filters, 4 * filters]), [3, 2, 0, 1]),
  );
  const window = { kernel: size, strides: [1, 1], dilations: [1, 1], padding: 'same' } as const;
  const { sizes, attributes } = slideWindow(layer, space, window);
  return layer.add('Conv', [h, kernel], [batch, 4 * filters, ...sizes], { ...attributes, group: 1 });
}

/**
 * z, r = σ(z_z + h·U_z), σ(z_r + h·U_r); h~ = g(z_h + (r ∘ h)·U_h); h' = z ∘ h + (1 − z) ∘ h~.
 *
 * Keras's and ONNX's gates are both z, r, h; r before the product is ONNX's `linear_before_reset` 0, its default.
 */
export const gru: Cell = {
  op: 'GRU',
  gates: [0, 1, 2],
  activations: (layer) => [gateActivation(layer), activation(layer)],
  states: 1,
  step: (layer, z, [h]) => {
    const [zz, zr, zh] = split(layer, z, 3);
    const gate = (x: Value) => activations[gateActivation(layer)](layer, x);
    const bend = (x: Value) => activations[activation(layer)](layer, x);
    const keptOf = (x: Value) => layer.add('Sub', [layer.scalar('one', 1), x], x.shape);
    if (!h) return [multiply(layer, keptOf(gate(zz)), bend(zh))];
    const [hz, hr] = split(layer, timesRecurrent(layer, h, 3, [0, 1]), 2);
    const update = gate(add(layer, zz, hz));
    const reset = multiply(layer, gate(add(layer, zr, hr)), h);
    const candidate = bend(add(layer, zh, timesRecurrent(layer, reset, 3, [2])));
    return [add(layer, multiply(layer, update, h), multiply(layer, keptOf(update), candidate))];
  },
};

/** h' = g(z + h·U) */
export const simpleRnn: Cell = {
  op: 'RNN',
  gates: [0],
  activations: (layer) => [activation(layer)],
  states: 1,
  step: (layer, z, [h]) => [activations[activation(layer)](layer, h ? add(layer, z, timesRecurrent(layer, h, 1)) : z)],
};

const names = Object.keys(activations) as ActivationName[];

const activation = ({ config }: LayerScope): ActivationName => config.oneOf('activation', names, 'tanh');

/** tfjs's default, unlike Keras 2's, is hardSigmoid. */
const gateActivation = ({ config }: LayerScope): ActivationName =>
  config.oneOf('recurrent_activation', names, 'hardSigmoid');

/** x (batch, units) · the recurrent kernel's columns of some gates (units, gates · units); all gates by default. */
function timesRecurrent(layer: LayerScope, x: Value, gateCount: number, gates?: readonly number[]): Value {
  const label = gates ? `recurrent_kernel_${gates.join('')}` : 'recurrent_kernel';
  const kernel = layer.constant(label, () => {
    const units = layer.config.number('units');
    const whole = layer.weight('recurrent_kernel', [units, units * gateCount]);
    return gates ? columnsOf(whole, gates) : whole;
  });
  return layer.add('MatMul', [x, kernel], [x.shape[0], kernel.shape[1]]);
}

/** Columns of gates: (units, all gates · units) → (units, gates · units). */
function columnsOf(kernel: Tensor, gates: readonly number[]): Tensor {
  const [units, width] = kernel.shape;
  const columns = gates.flatMap((gate) => range(gate * units, (gate + 1) * units));
  const data = Float32Array.from({ length: units * columns.length }, (_, i) => {
    return Number(kernel.data[Math.floor(i / columns.length) * width + columns[i % columns.length]]);
  });
  return { ...kernel, shape: [units, columns.length], data };
}

/** (batch, parts · units, …) → (batch, units, …) for each part. */
function split(layer: LayerScope, x: Value, parts: number): Value[] {
  const units = (x.shape[1] as number) / parts;
  const sizes = layer.constant(`split${parts}`, () => intTensor(new Array<number>(parts).fill(units)));
  return layer.addWithOutputs('Split', [x, sizes], new Array<Dimension[]>(parts).fill(x.shape.with(1, units)), {
    axis: 1,
  });
}

const add = (layer: LayerScope, a: Value, b: Value): Value => layer.add('Add', [a, b], a.shape);
const multiply = (layer: LayerScope, a: Value, b: Value): Value => layer.add('Mul', [a, b], a.shape);
