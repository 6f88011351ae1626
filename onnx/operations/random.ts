import { dataTypeCodes } from '../element-types.js';
import { type Attribute, float, type Value } from '../graph.js';
import { filled, sizesOf } from './creation.js';
import type { OpConverter, OpScope } from './op-scope.js';

/** A node's own seed; 0 and 0 mean another one each time, in TensorFlow as in ONNX without a seed. */
function seedOf(op: OpScope): Readonly<Record<string, Attribute>> {
  const [seed, seed2] = ['seed', 'seed2'].map((name) => Number(op.attribute(name) ?? 0));
  return seed === 0 && seed2 === 0 ? {} : { seed: float(seed + seed2) };
}

/** float32 of sizes known or computed, by RandomUniform and RandomNormal or their …Like. */
function random(op: OpScope, onnx: string, attributes: Readonly<Record<string, Attribute>>): Value {
  const known = op.knownNumbers('shape');
  const all = { ...attributes, dtype: dataTypeCodes.float32, ...seedOf(op) };
  if (known && known.length > 0) return op.emit(onnx, [], { ...all, shape: known });
  return op.emit(`${onnx}Like`, [filled(op, sizesOf(op, 'shape'), 'float32', 0)], all);
}

const uniform = (op: OpScope, low: number, high: number): Value =>
  random(op, 'RandomUniform', { low: float(low), high: float(high) });

/** Evenly from 0 up to 1. The numbers are others than tfjs draws: only their distribution is the same. */
const convertRandomUniform: OpConverter = (op) => uniform(op, op.number('minval'), op.number('maxval'));

/**
 * ⌊low + u · (high − low)⌋, u even from 0 up to 1: bounds known or computed.
 *
 * Deviation: tfjs 4.22 looks for the bounds among the attributes, where TensorFlow has them as inputs.
 */
const convertRandomUniformInt: OpConverter = (op) => {
  const [low, high] = ['minval', 'maxval'].map((name, i) =>
    op.cast(op.inputs[i + 1] ?? op.scalar(name, op.number(name)), 'float32'),
  );
  const drawn = op.emit('Mul', [uniform(op, 0, 1), op.emit('Sub', [high, low])]);
  return op.cast(op.emit('Floor', [op.emit('Add', [low, drawn])]), 'int32');
};

const convertRandomNormal: OpConverter = (op) => random(op, 'RandomNormal', { mean: float(0), scale: float(1) });

/** erf(2 / √2): how much of a normal distribution lies within two deviations. */
const within = 0.9544997361036416;

/** erf⁻¹(u) = u · p(w − 2.5), w = −ln(1 − u²) < 5, highest power first (Giles 2010, single precision). */
const inverseErf = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
  0.246640727, 1.50140941,
];

/**
 * Normal within two deviations of the mean, of one even number an element: mean + deviation · √2 · erf⁻¹(u),
 * u between ± erf(√2). The numbers are others than tfjs draws, their distribution is the same.
 */
const convertTruncatedNormal: OpConverter = (op) => {
  const u = uniform(op, -within, within);
  const square = op.emit('Mul', [u, u]);
  const w = op.emit('Neg', [op.emit('Log', [op.emit('Sub', [op.scalar('one', 1), square])])]);
  const x = op.emit('Sub', [w, op.scalar('middle', 2.5)]);
  const [highest, ...lower] = inverseErf;
  const polynomial = lower.reduce(
    (sum, coefficient, i) => op.emit('Add', [op.emit('Mul', [sum, x]), op.scalar(`c${i + 1}`, coefficient)]),
    op.scalar('c0', highest),
  );
  const deviation = op.scalar('deviation', op.number('stdDev') * Math.SQRT2);
  return op.emit('Add', [
    op.emit('Mul', [op.emit('Mul', [u, polynomial]), deviation]),
    op.scalar('mean', op.number('mean')),
  ]);
};

/** Classes drawn by unscaled log-probabilities (batch, classes) → (batch, samples). */
const convertMultinomial: OpConverter = (op) =>
  op.emit('Multinomial', [op.cast(op.tensor('logits'), 'float32')], {
    dtype: dataTypeCodes.int32,
    sample_size: op.number('numSamples'),
    ...seedOf(op),
  });

export const randomConverters = {
  Multinomial: convertMultinomial,
  RandomStandardNormal: convertRandomNormal,
  RandomUniform: convertRandomUniform,
  RandomUniformInt: convertRandomUniformInt,
  TruncatedNormal: convertTruncatedNormal,
} satisfies Record<string, OpConverter>;
