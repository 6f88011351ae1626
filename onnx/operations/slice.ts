import type { Value } from '../graph.js';
import { elementsOf } from '../infer/known.js';
import { range } from '../layout.js';
import type { OpConverter, OpScope } from './op-scope.js';
import { type Bounds, before, beyond, elementOf, placeAt, slice } from './sizes.js';

/** Slice → Slice (ai.onnx 13): begins and sizes, −1 for all that is left; both may be computed. */
const convertSlice: OpConverter = (op) => {
  const x = op.tensor('x');
  const [begin, size] = [op.tensor('begin'), op.tensor('size')];
  const [begins, sizes] = [begin, size].map(elementsOf);
  const count = begin.shape[0];
  if (typeof count !== 'number') throw op.refusal('a number of axes that only running the model tells', 'a known one');
  const bounds = range(0, count).map((axis): Bounds => {
    const [start, length] = [begins?.[axis], sizes?.[axis]];
    const from = typeof start === 'number' ? start : elementOf(op, begin, axis);
    const whole = length === -1 || (start === 0 && length !== undefined && length === x.shape[axis]);
    if (whole) return { axis, start: from, end: beyond, step: 1 };
    if (typeof from === 'number' && typeof length === 'number')
      return { axis, start: from, end: from + length, step: 1 };
    return { axis, start: from, end: endAfter(op, from, elementOf(op, size, axis)), step: 1 };
  });
  return slice(op, x, bounds);
};

/** start + length, or beyond every size for a length of −1. */
function endAfter(op: OpScope, start: number | Value, length: Value): Value {
  const from = typeof start === 'number' ? op.ints('start', [start]) : start;
  const open = op.emit('Less', [length, op.ints('zero', [0])]);
  return op.emit('Where', [open, op.ints('beyond', [beyond]), op.emit('Add', [from, length])]);
}

/**
 * StridedSlice → Slice, a Gather for each axis that a single index takes away, Unsqueeze for new ones. Begins and ends may
 * be computed, steps not.
 *
 * Bit i of a mask is about entry i: begin_mask and end_mask leave the bound open, ellipsis_mask stands for all axes that
 * the others leave, new_axis_mask adds one of size 1, shrink_axis_mask takes the element at begin.
 */
const convertStridedSlice: OpConverter = (op) => {
  const x = op.tensor('x');
  const begin = op.tensor('begin');
  const end = op.tensor('end');
  const steps = op.numbers('strides');
  const has = (mask: string, entry: number): boolean => ((op.number(mask) >> entry) & 1) === 1;
  const entries = range(0, steps.length);
  const ellipsis = entries.find((i) => has('ellipsisMask', i)) ?? steps.length;
  const isNew = (i: number): boolean => i !== ellipsis && has('newAxisMask', i);
  const taken = entries.filter((i) => i !== ellipsis && !isNew(i)).length;
  if (taken > x.shape.length)
    throw new RangeError(`${op.subject}: ${taken} axes are sliced, the input has ${x.shape.length}`);

  const bounds: Bounds[] = [];
  const indices: { axis: number; index: number | Value }[] = [];
  const added: number[] = [];
  let axis = 0;
  let kept = 0; // axes of the result so far
  for (const i of [...entries, steps.length]) {
    if (i === ellipsis) {
      const skipped = x.shape.length - taken;
      axis += skipped;
      kept += skipped;
    } else if (i === steps.length) break;
    else if (isNew(i)) added.push(kept++);
    else if (has('shrinkAxisMask', i)) indices.push({ axis: axis++, index: bound(begin, i) });
    else {
      bounds.push(boundsOf(i, axis++));
      kept++;
    }
  }
  const cut = slice(op, x, bounds);
  const shrunk = indices.reduceRight((value, { axis, index }) => {
    const at = typeof index === 'number' ? placeAt(op, index) : op.emit('Squeeze', [index, op.ints('only', [0])]);
    return op.emit('Gather', [value, at], { axis });
  }, cut);
  return added.length === 0 ? shrunk : op.emit('Unsqueeze', [shrunk, op.ints('new_axes', added)]);

  function bound(vector: Value, i: number): number | Value {
    const known = elementsOf(vector)?.[i];
    return typeof known === 'number' ? known : elementOf(op, vector, i);
  }

  function boundsOf(i: number, axis: number): Bounds {
    const step = steps[i];
    const [first, last] = step > 0 ? [0, beyond] : [beyond, before];
    const all = step > 0 && elementsOf(end)?.[i] === x.shape[axis];
    const start = has('beginMask', i) ? first : bound(begin, i);
    return { axis, start, end: has('endMask', i) || all ? last : bound(end, i), step };
  }
};

/** Reverse, ReverseV2 → Slice in steps of −1. */
const reverse =
  (axesOf: (op: OpScope, rank: number) => number[]): OpConverter =>
  (op) => {
    const x = op.tensor('x');
    const axes = axesOf(op, x.shape.length);
    return slice(
      op,
      x,
      axes.map((axis) => ({ axis, start: beyond, end: before, step: -1 })),
    );
  };

export const sliceConverters = {
  Reverse: reverse((op) => op.numbers('dims').flatMap((flag, axis) => (flag ? [axis] : []))),
  ReverseV2: reverse((op, rank) => op.numbers('axis').map((axis) => op.axis(axis, rank))),
  Slice: convertSlice,
  StridedSlice: convertStridedSlice,
} satisfies Record<string, OpConverter>;
