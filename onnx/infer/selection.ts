import { elementTypeOf } from '../element-types.js';
import type { Dimension } from '../graph.js';
import type { Call, Inferred, Rule } from './index.js';
import { elementsOf, knownNumbers } from './known.js';
import { fromFront, listAttribute, numberAttribute, sizesIn } from './movement.js';

const gather: Rule = (call): Inferred => {
  const [x, indices] = call.inputs;
  const axis = fromFront(numberAttribute(call, 'axis', 0), x.shape.length);
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  const from = x.shape.length === 1 ? elementsOf(x) : undefined;
  const at = knownNumbers(indices);
  const elements = from && at && shape.length <= 1 ? at.map((i) => from[fromFront(i, from.length)]) : undefined;
  return { type: x.type, shape, elements };
};

const gatherElements: Rule = ({ inputs: [x, indices] }) => ({ type: x.type, shape: indices.shape });

const gatherNd: Rule = (call): Inferred => {
  const [x, indices] = call.inputs;
  const depth = indices.shape.at(-1);
  if (typeof depth !== 'number') throw new RangeError(`${call.name}: GatherND by tuples of unknown length`);
  const batch = numberAttribute(call, 'batch_dims', 0);
  return { type: x.type, shape: [...indices.shape.slice(0, -1), ...x.shape.slice(batch + depth)] };
};

const oneHot: Rule = (call, unknown): Inferred => {
  const [indices, depth, values] = call.inputs;
  const axis = fromFront(numberAttribute(call, 'axis', -1), indices.shape.length + 1);
  const size = elementsOf(depth)?.[0] ?? knownNumbers(depth)?.[0] ?? unknown('depth');
  return { type: values.type, shape: indices.shape.toSpliced(axis, 0, size) };
};

const rangeRule: Rule = ({ inputs }, unknown): Inferred => {
  const [start, limit, delta] = inputs.map((input) => knownNumbers(input)?.[0]);
  const known = start !== undefined && limit !== undefined && delta !== undefined;
  const size = known
    ? Math.max(0, Math.ceil((limit - start) / delta))
    : start === 0 && delta === 1
      ? (elementsOf(inputs[1])?.[0] ?? unknown('size'))
      : unknown('size');
  return { type: inputs[0].type, shape: [size] };
};

const constantOfShape: Rule = (call, unknown): Inferred => {
  const value = call.attributes.value;
  const type = typeof value === 'object' && 'tensor' in value ? value.tensor.type : 'float32';
  return { type, shape: sizesIn(call, call.inputs[0], unknown) };
};

const nonZero: Rule = ({ inputs: [x] }, unknown) => ({ type: 'int64', shape: [x.shape.length, unknown('count')] });

const topK: Rule = (call, unknown) => {
  const [x, k] = call.inputs;
  const axis = fromFront(numberAttribute(call, 'axis', -1), x.shape.length);
  const shape = x.shape.with(axis, knownNumbers(k)?.[0] ?? elementsOf(k)?.[0] ?? unknown('k'));
  return [
    { type: x.type, shape },
    { type: 'int64', shape },
  ];
};

/** Values, first positions, the value's number for each element, counts. */
const unique: Rule = (call, unknown) => {
  const [x] = call.inputs;
  const axis = call.attributes.axis;
  const count = unknown('count');
  const values = typeof axis === 'number' ? x.shape.with(fromFront(axis, x.shape.length), count) : [count];
  const items: Dimension =
    typeof axis === 'number' ? x.shape[fromFront(axis, x.shape.length)] : itemsOf(x.shape, unknown);
  return [
    { type: x.type, shape: values },
    { type: 'int64', shape: [count] },
    { type: 'int64', shape: [items] },
    { type: 'int64', shape: [count] },
  ];
};

const itemsOf = (shape: readonly Dimension[], unknown: (label: string) => Dimension): Dimension =>
  shape.every((size) => typeof size === 'number')
    ? shape.reduce((a, b) => a * b, 1)
    : shape.length === 1
      ? shape[0]
      : unknown('items');

const nonMaxSuppression: Rule = (_call, unknown) => ({ type: 'int64', shape: [unknown('selected'), 3] });

/** RandomNormal, RandomUniform: a shape and a type by attribute. */
const random: Rule = (call: Call) => ({
  type: elementTypeOf(numberAttribute(call, 'dtype', 1)),
  shape: listAttribute(call, 'shape') ?? [],
});

const multinomial: Rule = (call) => ({
  type: elementTypeOf(numberAttribute(call, 'dtype', 6)),
  shape: [call.inputs[0].shape[0], numberAttribute(call, 'sample_size', 1)],
});

export const selectionRules: Readonly<Record<string, Rule>> = {
  ConstantOfShape: constantOfShape,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  Multinomial: multinomial,
  NonMaxSuppression: nonMaxSuppression,
  NonZero: nonZero,
  OneHot: oneHot,
  RandomNormal: random,
  RandomUniform: random,
  Range: rangeRule,
  TopK: topK,
  Unique: unique,
};
