import type { Dimension, Value } from '../graph.js';
import { permute, range } from '../layout.js';
import { broadcast } from './elementwise.js';
import type { Call, Inferred, Rule, Unknown } from './index.js';
import { elementsOf, knownNumbers, product, sizeProduct } from './known.js';

/** An axis counted from the front. */
export const fromFront = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

const numberAttribute = ({ attributes }: Call, key: string, fallback: number): number =>
  typeof attributes[key] === 'number' ? attributes[key] : fallback;

const listAttribute = ({ attributes }: Call, key: string): readonly number[] | undefined =>
  attributes[key] as readonly number[] | undefined;

/** How many elements a vector of integers holds, which its shape must tell: the rank of what it describes. */
function lengthOf({ name, op }: Call, vector: Value): number {
  const [length] = vector.shape;
  if (typeof length !== 'number')
    throw new RangeError(
      `${name}: ${op} to a rank that only running the model tells; supported: ranks known beforehand`,
    );
  return length;
}

/** The sizes in a vector; fresh names for those that are computed. */
function sizesIn(call: Call, vector: Value, unknown: Unknown): Dimension[] {
  const known = elementsOf(vector);
  return range(0, lengthOf(call, vector)).map((i) => known?.[i] ?? unknown(`size${i}`));
}

const shape: Rule = (call) => {
  const [x] = call.inputs;
  const elements = x.shape.slice(numberAttribute(call, 'start', 0), numberAttribute(call, 'end', x.shape.length));
  return { type: 'int64', shape: [elements.length], elements };
};

const size: Rule = ({ inputs: [x] }) => ({ type: 'int64', shape: [], elements: [sizeProduct(x.shape)] });

/** 0 keeps the size at its place (without allowzero), −1 is what is left. */
const reshape: Rule = (call, unknown) => {
  const [x, target] = call.inputs;
  const wanted = sizesIn(call, target, unknown);
  const kept = wanted.map((wish, i) => (wish === 0 && numberAttribute(call, 'allowzero', 0) === 0 ? x.shape[i] : wish));
  const sizes = kept.map((wish) => (wish === -1 ? (remaining(x.shape, kept) ?? unknown('rest')) : wish));
  const elements = sizes.length <= 1 ? elementsOf(x) : undefined;
  return { type: x.type, shape: sizes, elements };
};

/** What −1 stands for: the elements over those that are spoken for, where symbolic sizes cancel. */
function remaining(from: readonly Dimension[], to: readonly Dimension[]): Dimension | undefined {
  const left = from.flatMap(factors);
  for (const size of to.filter((size) => size !== -1).flatMap(factors)) {
    if (typeof size === 'number') continue;
    const at = left.indexOf(size);
    if (at < 0) return undefined;
    left.splice(at, 1);
  }
  const numbers = (sizes: readonly Dimension[]) =>
    sizes.reduce<number>((total, size) => (typeof size === 'number' ? total * size : total), 1);
  const count = numbers(left) / numbers(to.filter((size) => size !== -1).flatMap(factors));
  if (!Number.isInteger(count)) return undefined;
  return left
    .filter((size) => typeof size === 'string')
    .reduce<Dimension>((total, size) => product(total, size), count);
}

const factors = (size: Dimension): Dimension[] =>
  typeof size === 'number' ? [size] : size.split('*').map((part) => (/^\d+$/.test(part) ? Number(part) : part));

const flatten: Rule = (call) => {
  const [x] = call.inputs;
  const axis = fromFront(numberAttribute(call, 'axis', 1), x.shape.length);
  return { type: x.type, shape: [sizeProduct(x.shape.slice(0, axis)), sizeProduct(x.shape.slice(axis))] };
};

const squeeze: Rule = (call) => {
  const [x, axes] = call.inputs;
  const dropped = axes && constantNumbers(call, axes).map((axis) => fromFront(axis, x.shape.length));
  const kept = x.shape.filter((size, axis) => (dropped ? !dropped.includes(axis) : size !== 1));
  return { type: x.type, shape: kept, elements: elementsOf(x) };
};

const unsqueeze: Rule = (call) => {
  const [x, axes] = call.inputs;
  const given = constantNumbers(call, axes);
  const rank = x.shape.length + given.length;
  const added = given.map((axis) => fromFront(axis, rank));
  const sizes = [...x.shape];
  const shape = range(0, rank).map((axis) => (added.includes(axis) ? 1 : sizes.shift()!));
  return { type: x.type, shape, elements: rank <= 1 ? elementsOf(x) : undefined };
};

function constantNumbers({ name, op }: Call, value: Value): number[] {
  const numbers = knownNumbers(value);
  if (!numbers) throw new RangeError(`${name}: ${op} along axes that are computed; supported: axes known beforehand`);
  return numbers;
}

const expand: Rule = (call, unknown) => {
  const [x, target] = call.inputs;
  return { type: x.type, shape: broadcast(call.name, [x.shape, sizesIn(call, target, unknown)], unknown) };
};

const transpose: Rule = (call) => {
  const [x] = call.inputs;
  const perm = listAttribute(call, 'perm') ?? range(0, x.shape.length).reverse();
  return { type: x.type, shape: permute(x.shape, perm) };
};

const concat: Rule = (call, unknown) => {
  const { inputs } = call;
  const [first] = inputs;
  const axis = fromFront(numberAttribute(call, 'axis', 0), first.shape.length);
  const sizes = inputs.map((input) => input.shape[axis]);
  const total = sizes.every((size) => typeof size === 'number')
    ? sizes.reduce((sum, size) => sum + size, 0)
    : unknown(`size${axis}`);
  const others = first.shape.map(
    (size, i) => inputs.map((input) => input.shape[i]).find((known) => typeof known === 'number') ?? size,
  );
  const parts = inputs.map((input) => elementsOf(input) ?? unknownElements(input));
  const elements = first.shape.length === 1 && parts.every((part) => part) ? parts.flatMap((part) => part!) : undefined;
  return { type: first.type, shape: others.with(axis, total), elements };
};

const unknownElements = ({ shape: [length], type }: Value): undefined[] | undefined =>
  typeof length === 'number' && length <= 64 && type.startsWith('int')
    ? new Array<undefined>(length).fill(undefined)
    : undefined;

/** Elements start, start + step, … before end: counted from the end below zero, and clamped, as in Python. */
export function sliceRange(size: number, start: number, end: number, step: number): { start: number; count: number } {
  const lowest = step > 0 ? 0 : -1;
  const clamp = (at: number) => Math.min(Math.max(at < 0 ? at + size : at, lowest), size + lowest);
  const first = clamp(start);
  return { start: first, count: Math.max(0, Math.ceil((clamp(end) - first) / step)) };
}

const slice: Rule = (call, unknown) => {
  const [x, startsIn, endsIn, axesIn, stepsIn] = call.inputs;
  const starts = knownNumbers(startsIn);
  const ends = knownNumbers(endsIn);
  const count = lengthOf(call, startsIn);
  const axes = (axesIn ? constantNumbers(call, axesIn) : range(0, count)).map((axis) =>
    fromFront(axis, x.shape.length),
  );
  const steps = stepsIn ? knownNumbers(stepsIn) : new Array<number>(count).fill(1);
  const sizes = [...x.shape];
  axes.forEach((axis, i) => {
    const size = x.shape[axis];
    const [start, end, step] = [starts?.[i], ends?.[i], steps?.[i]];
    if (start === undefined || end === undefined || step === undefined) sizes[axis] = unknown(`size${axis}`);
    else if (typeof size === 'number') sizes[axis] = sliceRange(size, start, end, step).count;
    else if (start === 0 && step === 1 && end >= 2 ** 31 - 1) sizes[axis] = size;
    else if (step === -1 && (start === -1 || start >= 2 ** 31 - 1) && end <= -(2 ** 31)) sizes[axis] = size;
    else if (start === -1 && step === 1 && end >= 2 ** 31 - 1) sizes[axis] = 1;
    else sizes[axis] = unknown(`size${axis}`);
  });
  const from = elementsOf(x);
  const known = from && x.shape.length === 1 && starts && ends && steps;
  if (!known) return { type: x.type, shape: sizes };
  const { start, count: length } = sliceRange(from.length, starts[0], ends[0], steps[0]);
  return { type: x.type, shape: [length], elements: range(0, length).map((i) => from[start + i * steps[0]]) };
};

const split: Rule = (call, unknown) => {
  const [x, parts] = call.inputs;
  const axis = fromFront(numberAttribute(call, 'axis', 0), x.shape.length);
  if (!parts) throw new RangeError(`${call.name}: Split without sizes; give them`);
  return sizesIn(call, parts, unknown).map((size) => ({ type: x.type, shape: x.shape.with(axis, size) }));
};

const tile: Rule = (call, unknown) => {
  const [x, repeats] = call.inputs;
  const known = elementsOf(repeats);
  const sizes = x.shape.map((size, axis): Dimension => {
    const times = known?.[axis];
    return times === undefined ? unknown(`size${axis}`) : product(size, times);
  });
  return { type: x.type, shape: sizes };
};

const pad: Rule = (call, unknown) => {
  const [x, padsIn] = call.inputs;
  const pads = knownNumbers(padsIn);
  const rank = x.shape.length;
  const sizes = x.shape.map((size, axis): Dimension => {
    const added = pads && pads[axis] + pads[axis + rank];
    if (added === 0) return size;
    return added === undefined || typeof size === 'string' ? unknown(`size${axis}`) : size + added;
  });
  return { type: x.type, shape: sizes };
};

const blockSize = (call: Call): number => numberAttribute(call, 'blocksize', 1);

const scaled = (size: Dimension, by: (size: number) => number, unknown: Unknown, label: string): Dimension =>
  typeof size === 'number' ? by(size) : unknown(label);

const depthToSpace: Rule = (call, unknown): Inferred => {
  const [{ type, shape }] = call.inputs;
  const block = blockSize(call);
  const [batch, channels, ...space] = shape;
  const sizes = space.map((size, i) => scaled(size, (known) => known * block, unknown, `size${i + 2}`));
  return { type, shape: [batch, scaled(channels, (known) => known / block ** 2, unknown, 'channels'), ...sizes] };
};

const spaceToDepth: Rule = (call, unknown): Inferred => {
  const [{ type, shape }] = call.inputs;
  const block = blockSize(call);
  const [batch, channels, ...space] = shape;
  const sizes = space.map((size, i) => scaled(size, (known) => known / block, unknown, `size${i + 2}`));
  return { type, shape: [batch, scaled(channels, (known) => known * block ** 2, unknown, 'channels'), ...sizes] };
};

export const movementRules: Readonly<Record<string, Rule>> = {
  Concat: concat,
  DepthToSpace: depthToSpace,
  Expand: expand,
  Flatten: flatten,
  Pad: pad,
  Reshape: reshape,
  Shape: shape,
  Size: size,
  Slice: slice,
  SpaceToDepth: spaceToDepth,
  Split: split,
  Squeeze: squeeze,
  Tile: tile,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
};

export { constantNumbers, listAttribute, numberAttribute, sizesIn };
