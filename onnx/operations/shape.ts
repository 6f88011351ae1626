import type { Dimension, Value } from '../graph.js';
import { elementsOf } from '../infer/known.js';
import { channelsFirst, channelsLast, range } from '../layout.js';
import { type OpConverter, type OpScope, sizesOf } from './op-scope.js';
import { before, reshapeTo, slice } from './sizes.js';

/**
 * Cast (ai.onnx 13) between numbers and truth values: fractions are cut towards zero, all but 0 is true. Whole numbers of
 * every width are int32, as in tfjs.
 */
const convertCast: OpConverter = (op) => {
  const x = op.tensor('x');
  const to = op.type('dtype');
  if ((x.type === 'string') !== (to === 'string'))
    throw op.refusal(`a cast of ${x.type} to ${to}`, 'numbers and bool, as in TensorFlow.js');
  return op.cast(x, to);
};

const convertReshape: OpConverter = (op) => reshapeTo(op, op.tensor('x'), op.tensor('shape'));

/** Squeeze (ai.onnx 13). Without axes those of size 1 go, which must be known then: the number of axes depends on it. */
const convertSqueeze: OpConverter = (op) => {
  const x = op.tensor('x');
  const given = op.knownNumbers('axis') ?? [];
  if (given.length === 0 && x.shape.some((size) => typeof size === 'string'))
    throw op.refusal(
      `no axis over sizes [${x.shape}] that only running the model tells`,
      'axes, or known sizes: give the shapes of the inputs',
    );
  const axes =
    given.length > 0
      ? given.map((axis) => op.axis(axis, x.shape.length))
      : range(0, x.shape.length).filter((axis) => x.shape[axis] === 1);
  return axes.length === 0 ? x : op.emit('Squeeze', [x, op.ints('axes', axes)]);
};

const convertExpandDims: OpConverter = (op) => {
  const x = op.tensor('x');
  return op.emit('Unsqueeze', [x, op.ints('axis', [op.axis(op.number('axis'), x.shape.length + 1)])]);
};

/** BroadcastTo → Expand (ai.onnx 13). */
const convertBroadcastTo: OpConverter = (op) => {
  const x = op.tensor('x');
  const shape = op.tensor('shape');
  const same = String(elementsOf(shape)) === String(x.shape) && x.shape.length > 0;
  return same ? x : op.emit('Expand', [x, op.cast(shape, 'int64')]);
};

/** BroadcastArgs: of two vectors of sizes, aligned at the end, each size that is not 1. */
const convertBroadcastArgs: OpConverter = (op) => {
  const [a, b] = ['s0', 's1'].map((name) => op.tensor(name));
  const lengths = [a, b].map(({ shape: [length] }) => length);
  if (!lengths.every((length) => typeof length === 'number'))
    throw op.refusal('a number of axes that only running the model tells', 'vectors of known lengths');
  const longest = Math.max(...lengths);
  const [left, right] = [a, b].map((value, i) => {
    const missing = longest - lengths[i];
    const sizes = op.cast(value, 'int64');
    const ones = op.ints('ones', new Array<number>(missing).fill(1));
    return missing === 0 ? sizes : op.emit('Concat', [ones, sizes], { axis: 0 });
  });
  const single = op.emit('Equal', [left, op.ints('one', [1])]);
  return op.cast(op.emit('Where', [single, right, left]), 'int32');
};

/**
 * EnsureShape: x, where the sizes that are known here fit. ONNX has no assertion: sizes that only running the model tells
 * are not checked by the file. TensorFlow gives the shape as an attribute, tfjs wants it as an input.
 */
const convertEnsureShape: OpConverter = (op) => {
  const x = op.tensor('x');
  const sizes = op.inputs.length > 1 ? op.knownNumbers('shape') : sizesOf(op.node.attributes.shape);
  if (!sizes) return x;
  const fits = (size: Dimension, axis: number): boolean =>
    typeof size === 'string' || sizes[axis] < 0 || sizes[axis] === size;
  if (sizes.length !== x.shape.length || !x.shape.every(fits))
    throw new RangeError(`${op.subject}: sizes [${x.shape}] are not the wanted [${sizes}]`);
  return x;
};

/** Pad, PadV2 → Pad (ai.onnx 13): (axes, 2) before and after → all before, then all after. */
const convertPad: OpConverter = (op) => {
  const x = op.tensor('x');
  const amounts = op.tensor('padding');
  const given = op.optionalTensor('constantValue');
  const value = given ? op.cast(given, x.type) : op.like(x, 'value', op.number('constantValue'));
  const filler = value.shape.length === 0 ? value : op.emit('Reshape', [value, op.ints('scalar', [])]);
  if (amounts.constant && op.numbers('padding').every((amount) => amount === 0)) return x;
  const sides = op.emit('Transpose', [op.cast(amounts, 'int64')], { perm: [1, 0] });
  const pads = op.emit('Reshape', [sides, op.ints('flat', [-1])]);
  return x.type === 'bool'
    ? op.cast(op.emit('Pad', [op.cast(x, 'int32'), pads, op.cast(filler, 'int32')]), 'bool')
    : op.emit('Pad', [x, pads, filler]);
};

/** MirrorPad: REFLECT → Pad; SYMMETRIC, which opset 17 lacks, → the first and last elements backwards, by Slice and Concat. */
const convertMirrorPad: OpConverter = (op) => {
  const x = op.tensor('x');
  const amounts = op.numbers('padding');
  const rank = x.shape.length;
  const mode = op.text('mode').toLowerCase();
  if (mode !== 'reflect' && mode !== 'symmetric') throw op.refusal(`mode "${mode}"`, 'REFLECT, SYMMETRIC');
  const begins = range(0, rank).map((axis) => amounts[2 * axis]);
  const ends = range(0, rank).map((axis) => amounts[2 * axis + 1]);
  if (mode === 'reflect') return op.emit('Pad', [x, op.ints('pads', [...begins, ...ends])], { mode: 'reflect' });
  return range(0, rank).reduce((padded, axis) => {
    const parts = [mirroredStart(op, padded, axis, begins[axis]), [padded], mirroredEnd(op, padded, axis, ends[axis])];
    return parts.flat().length === 1 ? padded : op.emit('Concat', parts.flat(), { axis });
  }, x);
};

const mirroredStart = (op: OpScope, x: Value, axis: number, amount: number): Value[] =>
  amount === 0 ? [] : [slice(op, x, [{ axis, start: amount - 1, end: before, step: -1 }])];

const mirroredEnd = (op: OpScope, x: Value, axis: number, amount: number): Value[] =>
  amount === 0 ? [] : [slice(op, x, [{ axis, start: -1, end: -1 - amount, step: -1 }])];

/** DepthToSpace (ai.onnx 13) in its first mode: channel (row · block + column) · depth + d. */
const convertDepthToSpace: OpConverter = (op) => {
  const x = op.tensor('x');
  const attributes = { blocksize: op.number('blockSize'), mode: 'DCR' };
  if (/^NC/i.test(op.text('dataFormat'))) return op.emit('DepthToSpace', [x], attributes);
  const y = op.emit('DepthToSpace', [op.transpose(x, channelsFirst(4))], attributes);
  return op.transpose(y, channelsLast(4));
};

export const shapeConverters = {
  BroadcastArgs: convertBroadcastArgs,
  BroadcastTo: convertBroadcastTo,
  Cast: convertCast,
  DepthToSpace: convertDepthToSpace,
  EnsureShape: convertEnsureShape,
  ExpandDims: convertExpandDims,
  MirrorPad: convertMirrorPad,
  Pad: convertPad,
  PadV2: convertPad,
  Reshape: convertReshape,
  Squeeze: convertSqueeze,
} satisfies Record<string, OpConverter>;
