import { isInteger } from '../element-types.js';
import type { Dimension, Value } from '../graph.js';
import type { Call, Inferred, Rule, Unknown } from './index.js';
import { broadcastSize, elementsOf, product } from './known.js';
import { typeOf } from './types.js';

/** The shape that several broadcast to, aligned at their last axes. @throws RangeError where they do not */
export function broadcast(name: string, shapes: readonly (readonly Dimension[])[], unknown: Unknown): Dimension[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.flatMap((shape) => shape[axis - rank + shape.length] ?? []);
    const numbers = new Set(sizes.filter((size) => typeof size === 'number' && size !== 1));
    if (numbers.size > 1)
      throw new RangeError(`${name}: shapes ${shapes.map((shape) => `[${shape}]`).join(' and ')} do not broadcast`);
    return sizes.reduce((a, b) => broadcastSize(a, b) ?? unknown(`size${axis}`));
  });
}

/** As the first input, element by element. */
const same: Rule = ({ op, inputs, attributes }) => ({ type: typeOf(op, inputs, attributes), shape: inputs[0].shape });

/** As `same`, where integers that come from sizes stay known. */
const copied: Rule = ({ op, inputs, attributes }) => {
  const type = typeOf(op, inputs, attributes);
  return { type, shape: inputs[0].shape, ...(isInteger(type) && { elements: elementsOf(inputs[0]) }) };
};

const broadcasting: Rule = ({ op, name, inputs, attributes }, unknown) => ({
  type: typeOf(op, inputs, attributes),
  shape: broadcast(
    name,
    inputs.map(({ shape }) => shape),
    unknown,
  ),
});

type Combine = (a: number, b: number) => number;
const onNumbers: Readonly<Record<string, Combine>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => Math.trunc(a / b),
  Max: Math.max,
  Min: Math.min,
};

/** Arithmetic on sizes goes on knowing what it knows: 12 · 2, batch · 1, batch + 0. */
const arithmetic: Rule = (call, unknown) => {
  const inferred = broadcasting(call, unknown) as Inferred;
  const { op, inputs } = call;
  if (!isInteger(inferred.type) || inputs.length !== 2 || inferred.shape.length > 1) return inferred;
  const [a, b] = inputs.map(elementsOf);
  if (!a || !b) return inferred;
  const length = Math.max(a.length, b.length);
  const elements = Array.from({ length }, (_, i) => combine(op, a[a.length === 1 ? 0 : i], b[b.length === 1 ? 0 : i]));
  return { ...inferred, elements };
};

function combine(op: string, a: Dimension | undefined, b: Dimension | undefined): Dimension | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (typeof a === 'number' && typeof b === 'number') return op === 'Div' && b === 0 ? undefined : onNumbers[op](a, b);
  if (op === 'Mul') return product(a, b);
  if (op === 'Div' && b === 1) return a;
  if ((op === 'Add' || op === 'Sub') && b === 0) return a;
  if (op === 'Add' && a === 0) return b;
  return undefined;
}

/** The output has its first input's shape whatever the others': a slope, a mask, updates. */
const first: Rule = ({ inputs }: Call): Inferred => ({ type: inputs[0].type, shape: inputs[0].shape });

const all = (ops: string, rule: Rule): Record<string, Rule> =>
  Object.fromEntries(ops.split(' ').map((op) => [op, rule]));

export const elementwiseRules: Readonly<Record<string, Rule>> = {
  ...all('Abs Acos Acosh Asin Asinh Atan Atanh Ceil Celu Clip Cos Cosh CumSum Elu Erf Exp Floor HardSigmoid', same),
  ...all(
    'HardSwish IsInf IsNaN LeakyRelu Log LogSoftmax Neg Not Reciprocal Relu Round Selu Sigmoid Sign Sin Sinh',
    same,
  ),
  ...all('Softmax Softplus Softsign Sqrt Tan Tanh ThresholdedRelu Trilu', same),
  ...all('BatchNormalization InstanceNormalization LRN PRelu RandomNormalLike RandomUniformLike', first),
  ...all('ReverseSequence ScatterElements ScatterND', first),
  ...all('Cast Identity', copied),
  ...all('And Equal Greater GreaterOrEqual Less LessOrEqual Mod Or Pow Where Xor', broadcasting),
  ...all('Add Div Max Mean Min Mul Sub Sum', arithmetic),
};

/** A value's own type and shape, for what passes it on. */
export const alike = ({ type, shape, sequence }: Value): Inferred => ({ type, shape, sequence });
