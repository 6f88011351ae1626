import type { Node, Value } from '../graph.js';
import { range } from '../layout.js';
import type { OpConverter, OpScope } from './op-scope.js';
import { beyond, reshapeTo, sizeOf, sizeVector, slice } from './sizes.js';

/** What a SpaceToBatchND was of, by its output: a convolution between it and its inverse is one dilated convolution. */
interface Spread {
  readonly x: Value;
  readonly block: readonly number[];
  readonly begins: readonly number[];
  readonly ends: readonly number[];
}
const spreads = new WeakMap<Value, Spread>();

/**
 * SpaceToBatchND: x (batch, …space, …rest) padded, its spatial axes cut into blocks (…, size / block, block, …), the
 * places within a block moved before the batch and joined with it.
 */
const convertSpaceToBatchND: OpConverter = (op) => {
  const x = op.tensor('x');
  const block = op.numbers('blockShape');
  const [begins, ends] = sides(op.numbers('paddings'));
  const count = block.length;
  const rest = range(count + 1, x.shape.length);
  const zeros = rest.map(() => 0);
  const pads = op.ints('pads', [0, ...begins, ...zeros, 0, ...ends, ...zeros]);
  const padded = [...begins, ...ends].some((amount) => amount > 0) ? op.emit('Pad', [x, pads]) : x;
  const batch = sizeOf(op, padded, 0);
  const blocks = block.map((size, i) => op.emit('Div', [sizeOf(op, padded, i + 1), op.ints('block', [size])]));
  const tail = rest.map((axis) => sizeOf(op, padded, axis));
  const cut = reshapeTo(op, padded, sizeVector(op, [batch, ...block.flatMap((size, i) => [blocks[i], size]), ...tail]));
  const within = range(0, count).map((i) => 2 * i + 2);
  const moved = op.transpose(cut, [
    ...within,
    0,
    ...range(0, count).map((i) => 2 * i + 1),
    ...range(2 * count + 1, cut.shape.length),
  ]);
  const places = block.reduce((product, size) => product * size, 1);
  const batches = op.emit('Mul', [batch, op.ints('places', [places])]);
  const y = reshapeTo(op, moved, sizeVector(op, [batches, ...blocks, ...tail]));
  spreads.set(y, { x, block, begins, ends });
  return y;
};

/**
 * BatchToSpaceND, the inverse: (…block, batch, …space, …rest), the places within a block moved behind their blocks and
 * joined with them, then cropped. Around a convolution in steps of 1 without padding the two are its dilation.
 */
const convertBatchToSpaceND: OpConverter = (op) => {
  const x = op.tensor('x');
  const block = op.numbers('blockShape');
  const [begins, ends] = sides(op.numbers('crops'));
  const dilated = dilatedConvolution(op, x, block, begins, ends);
  if (dilated) return dilated;
  const count = block.length;
  const places = block.reduce((product, size) => product * size, 1);
  const batch = op.emit('Div', [sizeOf(op, x, 0), op.ints('places', [places])]);
  const space = block.map((_, i) => sizeOf(op, x, i + 1));
  const tail = range(count + 1, x.shape.length).map((axis) => sizeOf(op, x, axis));
  const cut = reshapeTo(op, x, sizeVector(op, [...block, batch, ...space, ...tail]));
  const joined = range(0, count).flatMap((i) => [count + 1 + i, i]);
  const moved = op.transpose(cut, [count, ...joined, ...range(2 * count + 1, cut.shape.length)]);
  const sizes = space.map((size, i) => op.emit('Mul', [size, op.ints('block', [block[i]])]));
  const y = reshapeTo(op, moved, sizeVector(op, [batch, ...sizes, ...tail]));
  const bounds = block.map((_, i) => ({
    axis: i + 1,
    start: begins[i],
    end: ends[i] === 0 ? beyond : -ends[i],
    step: 1,
  }));
  return slice(op, y, bounds);
};

/** Conv over the blocks of a SpaceToBatchND ⇒ Conv of the same kernel, dilated by the block, over what was cut up. */
function dilatedConvolution(
  op: OpScope,
  y: Value,
  block: readonly number[],
  cropBegins: readonly number[],
  cropEnds: readonly number[],
): Value | undefined {
  const producers = op.graph.producers();
  const back = producers.get(y);
  const conv = back?.op === 'Transpose' ? producers.get(back.inputs[0]) : undefined;
  const there = conv?.op === 'Conv' ? producers.get(conv.inputs[0]) : undefined;
  const spread = there?.op === 'Transpose' ? spreads.get(there.inputs[0]) : undefined;
  if (!back || !conv || !there || !spread || String(spread.block) !== String(block) || !isPlain(conv)) return undefined;
  const pads = [
    ...spread.begins.map((amount, i) => amount - cropBegins[i]),
    ...spread.ends.map((amount, i) => amount - cropEnds[i]),
  ];
  if (pads.some((amount) => amount < 0)) return undefined;
  const moved = op.transpose(spread.x, [...(there.attributes.perm as readonly number[])]);
  const attributes = { ...conv.attributes, pads, dilations: [...block] };
  return op.transpose(op.emit('Conv', [moved, ...conv.inputs.slice(1)], attributes), [
    ...(back.attributes.perm as readonly number[]),
  ]);
}

const isPlain = ({ attributes: { strides, dilations, pads, auto_pad } }: Node): boolean =>
  pads === undefined && auto_pad === undefined && [strides, dilations].flat().every((step) => step === 1);

/** [begin, end] an axis → all begins and all ends. */
const sides = (amounts: readonly number[]): [number[], number[]] => [
  amounts.filter((_, i) => i % 2 === 0),
  amounts.filter((_, i) => i % 2 === 1),
];

export const batchSpaceConverters = {
  BatchToSpaceND: convertBatchToSpaceND,
  SpaceToBatchND: convertSpaceToBatchND,
} satisfies Record<string, OpConverter>;
