import type { Dimension } from '../graph.js';
import { range } from '../layout.js';
import { broadcast } from './elementwise.js';
import type { Call, Inferred, Rule } from './index.js';
import { constantNumbers, fromFront, listAttribute, numberAttribute } from './movement.js';

/** Axes by attribute or, of ReduceSum, by input; none means all. */
const reduce: Rule = (call) => {
  const [x, axesIn] = call.inputs;
  const given = axesIn ? constantNumbers(call, axesIn) : listAttribute(call, 'axes');
  const axes = given?.length ? given : range(0, x.shape.length);
  return { type: x.type, shape: reduced(call, x.shape, axes) };
};

const position: Rule = (call) => ({
  type: 'int64',
  shape: reduced(call, call.inputs[0].shape, [numberAttribute(call, 'axis', 0)]),
});

function reduced(call: Call, shape: readonly Dimension[], axes: readonly number[]): Dimension[] {
  const gone = axes.map((axis) => fromFront(axis, shape.length));
  const keep = numberAttribute(call, 'keepdims', 1) === 1;
  return shape.flatMap((size, axis) => (gone.includes(axis) ? (keep ? [1] : []) : [size]));
}

/** The last two axes multiply, those before broadcast; a vector counts as a row (first) or a column (second). */
const matMul: Rule = ({ name, inputs: [a, b] }, unknown): Inferred => {
  const left = a.shape.length === 1 ? [1, ...a.shape] : a.shape;
  const right = b.shape.length === 1 ? [...b.shape, 1] : b.shape;
  const [inner, other] = [left.at(-1)!, right.at(-2)!];
  if (typeof inner === 'number' && typeof other === 'number' && inner !== other)
    throw new RangeError(`${name}: shapes [${a.shape}] and [${b.shape}] do not multiply`);
  const batch =
    left.length > 2 || right.length > 2 ? broadcast(name, [left.slice(0, -2), right.slice(0, -2)], unknown) : [];
  const rows = a.shape.length === 1 ? [] : [left.at(-2)!];
  const columns = b.shape.length === 1 ? [] : [right.at(-1)!];
  return { type: a.type, shape: [...batch, ...rows, ...columns] };
};

const gemm: Rule = (call): Inferred => {
  const [a, b] = call.inputs;
  const rows = numberAttribute(call, 'transA', 0) ? a.shape[1] : a.shape[0];
  const columns = numberAttribute(call, 'transB', 0) ? b.shape[0] : b.shape[1];
  return { type: a.type, shape: [rows, columns] };
};

/** `ab,bc->ac`, where `...` stands for the axes without a label, which broadcast. */
const einsum: Rule = ({ name, inputs, attributes }, unknown): Inferred => {
  const [from, to] = String(attributes.equation).replaceAll(' ', '').split('->');
  const sizes = new Map<string, Dimension>();
  const others: (readonly Dimension[])[] = [];
  from.split(',').forEach((term, i) => {
    const { shape } = inputs[i];
    const [before, after] = term.split('...');
    const labelled = before.length + (after?.length ?? 0);
    if (after === undefined ? labelled !== shape.length : labelled > shape.length)
      throw new RangeError(`${name}: term ${term} of the equation is not of ${shape.length} axes`);
    const rest = shape.length - labelled;
    if (after !== undefined) others.push(shape.slice(before.length, before.length + rest));
    [...before, ...(after ?? '')].forEach((letter, at) => {
      const axis = at < before.length ? at : at + rest;
      if (typeof sizes.get(letter) !== 'number') sizes.set(letter, shape[axis]);
    });
  });
  const broadcasted = others.length > 0 ? broadcast(name, others, unknown) : [];
  const [first, second] = to.split('...');
  const sized = (letters: string) => [...letters].map((letter) => sizes.get(letter)!);
  const shape = second === undefined ? sized(first) : [...sized(first), ...broadcasted, ...sized(second)];
  return { type: inputs[0].type, shape };
};

const reductions = 'L1 L2 LogSum LogSumExp Max Mean Min Prod Sum SumSquare'.split(' ');

export const reductionRules: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(reductions.map((kind) => [`Reduce${kind}`, reduce])),
  ArgMax: position,
  ArgMin: position,
  Einsum: einsum,
  Gemm: gemm,
  MatMul: matMul,
};
