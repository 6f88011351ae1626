import { tensorOf } from '../element-types.js';
import type { Dimension, ElementType, Tensor, Value } from '../graph.js';
import { knownNumbers } from '../infer/known.js';
import { elementCount } from '../layout.js';
import type { OpScope } from './op-scope.js';

/**
 * TensorList and TensorArray: one tensor (length, …element), so that a list made of a tensor is that tensor, and reading
 * is Gather. Nothing of it needs ONNX's sequences, which run on the CPU alone. Elements are of one shape, as tfjs
 * demands of what it stacks, gathers, concatenates or reads by an open shape.
 *
 * The length is, as in tfjs, that of the elements written so far and not of those reserved; what was skipped reads as
 * zeros, as in TensorFlow (tfjs fails). Lists are values, as in TensorFlow: a write gives a new one (in tfjs it changes
 * the one that there is, which shows only where an older handle is read after a write).
 */
export interface Write {
  readonly list: Value;
  /** Undefined: behind the last. */
  readonly index?: Value;
  readonly item: Value;
  /** The item as a list of one. */
  readonly row: Value;
}

/** How lists came about that a write gave, for loops that do nothing but collect. */
const writes = new WeakMap<Value, Write>();
export const writeOf = (list: Value): Write | undefined => writes.get(list);

/** Empty lists whose element's number of axes is not known before the first write. */
const unranked = new WeakSet<Value>();
export const isUnranked = (list: Value): boolean => unranked.has(list);
export function markUnranked(list: Value): Value {
  unranked.add(list);
  return list;
}

const everything = Number.MAX_SAFE_INTEGER;

/** A list of no elements; open sizes are 0 until the first write tells them. */
export function emptyList(op: OpScope, type: ElementType, element: readonly number[] | undefined): Value {
  if (!element) return markUnranked(op.graph.constant(`${op.name}/empty`, zeros(type, [0])));
  return op.graph.constant(
    `${op.name}/empty`,
    zeros(
      type,
      [0, ...element].map((size) => Math.max(0, size)),
    ),
  );
}

export const isEmpty = ({ shape }: Value): boolean => shape[0] === 0;

function zeros(type: ElementType, shape: readonly number[]): Tensor {
  if (type === 'string') return { type, shape, data: new Array<string>(elementCount(shape)).fill('') };
  return tensorOf(type as 'float32', shape, new Array<number>(elementCount(shape)).fill(0));
}

/** The list with its element's shape as an item tells it: before the first write it may not be known. */
function fitted(op: OpScope, list: Value, item: Value): Value {
  if (!isUnranked(list) && String(list.shape.slice(1)) === String(item.shape)) return list;
  const sizes = item.shape as readonly number[];
  if (list.constant && isEmpty(list) && sizes.every((size) => typeof size === 'number'))
    return op.graph.constant(`${op.name}/empty`, zeros(item.type, [0, ...sizes]));
  const shape = op.emit('Concat', [lengthVector(op, list), op.emit('Shape', [item])], { axis: 0 });
  return op.emit('Reshape', [list, shape], { allowzero: 1 });
}

const lengthVector = (op: OpScope, list: Value): Value => op.emit('Shape', [list], { start: 0, end: 1 });

export const listLength = (op: OpScope, list: Value): Value =>
  op.cast(op.emit('Squeeze', [lengthVector(op, list), op.ints('axes', [0])]), 'int32');

/** list[from : to] */
const part = (op: OpScope, list: Value, from: Value, to: Value): Value =>
  op.emit('Slice', [list, from, to, op.ints('axes', [0])]);

const asVector = (op: OpScope, index: Value): Value =>
  op.cast(op.emit('Reshape', [index, op.ints('vector', [1])]), 'int64');

/** Zeros (max(0, to − from), …element) */
function padding(op: OpScope, element: Value, from: Value, to: Value): Value {
  const count = op.emit('Max', [op.emit('Sub', [to, from]), op.ints('none', [0])]);
  const zero = op.graph.constant(`${op.name}/zero`, zeros(element.type, []));
  return op.emit('Expand', [zero, op.emit('Concat', [count, op.emit('Shape', [element])], { axis: 0 })]);
}

const joined = (op: OpScope, parts: Value[]): Value => {
  const filled = parts.filter((each) => !isEmpty(each));
  return filled.length === 1 ? filled[0] : op.emit('Concat', filled, { axis: 0 });
};

/** list[: index], zeros where it is shorter, item, list[index + 1 :] */
export function setItem(op: OpScope, list: Value, index: Value, item: Value): Value {
  const rows = fitted(op, list, item);
  const row = op.emit('Unsqueeze', [item, op.ints('axes', [0])]);
  const at = asVector(op, index);
  const written =
    isEmpty(rows) && knownNumbers(at)?.[0] === 0
      ? row
      : joined(op, [
          part(op, rows, op.ints('start', [0]), at),
          padding(op, item, lengthVector(op, rows), at),
          row,
          part(op, rows, op.emit('Add', [at, op.ints('one', [1])]), op.ints('end', [everything])),
        ]);
  return noted(op, written, { list, index, item, row });
}

export function pushBack(op: OpScope, list: Value, item: Value): Value {
  const row = op.emit('Unsqueeze', [item, op.ints('axes', [0])]);
  return noted(op, joined(op, [fitted(op, list, item), row]), { list, item, row });
}

/** A write's result must be a value of its own to be known again. */
function noted(op: OpScope, written: Value, write: Write): Value {
  const list = written.constant ? op.graph.constant(`${op.name}/list`, written.constant) : written;
  writes.set(list, write);
  return list;
}

/** Element `index`; of a list not yet written its shape must be told. */
export function getItem(op: OpScope, list: Value, index: Value): Value {
  return op.emit('Gather', [ranked(op, list), index], { axis: 0 });
}

/** A list whose element's number of axes is known, by the operation's own shape where the list does not tell it. */
export function ranked(op: OpScope, list: Value): Value {
  if (!isUnranked(list)) return list;
  const wanted = elementShape(op);
  if (!wanted)
    throw op.refusal(
      'reading a list before anything tells the number of axes of its elements',
      'an element shape in the graph, since ONNX operators are chosen by it',
    );
  return op.emit('Reshape', [list, op.ints('shape', [0, ...wanted.map((size) => Math.max(0, size))])], {
    allowzero: 1,
  });
}

/** The sizes of elements as the operation's input or attribute has them, −1 where open; undefined for any shape. */
export function elementShape(op: OpScope): number[] | undefined {
  const input = op.operation.inputs.some(({ name }) => name === 'elementShape') && op.optionalTensor('elementShape');
  if (!input) return op.attribute('elementShape') as number[] | undefined;
  if (input.shape.length === 0) return undefined;
  const known = op.sizes('elementShape') ?? new Array<undefined>(input.shape[0] as number).fill(undefined);
  return known.map((size) => (typeof size === 'number' ? size : -1));
}

/** 0, 1, 2, …: as counted by Range, or known. */
function isCounting(op: OpScope, indices: Value): boolean {
  const known = knownNumbers(indices);
  if (known) return known.every((number, i) => number === i);
  const node = op.graph.nodes.findLast(({ output }) => output === indices);
  if (node?.op === 'Cast') return isCounting(op, node.inputs[0]);
  if (node?.op !== 'Range') return false;
  return knownNumbers(node.inputs[0])?.[0] === 0 && knownNumbers(node.inputs[2])?.[0] === 1;
}

/** The elements at indices, of which tfjs takes no more than the list has elements. */
export function gather(op: OpScope, list: Value, indices: Value): Value {
  const rows = ranked(op, list);
  const [count] = indices.shape;
  if (count === rows.shape[0] && isCounting(op, indices)) return rows;
  const fits = typeof count === 'number' && typeof rows.shape[0] === 'number' && count <= rows.shape[0];
  const taken = fits ? indices : part(op, indices, op.ints('start', [0]), lengthVector(op, rows));
  return op.emit('Gather', [rows, taken], { axis: 0 });
}

/** Rows of a tensor at indices of a list, which grows to the largest. */
export function scatter(op: OpScope, list: Value, indices: Value, tensor: Value): Value {
  if (isEmpty(list) && isCounting(op, indices)) return tensor;
  const first = op.emit('Gather', [tensor, op.graph.constant(`${op.name}/first`, tensorOf('int64', [], [0]))]);
  const rows = fitted(op, list, first);
  const wide = op.cast(indices, 'int64');
  const largest = op.emit('ReduceMax', [wide], { axes: [0], keepdims: 1 });
  const end = op.emit('Add', [largest, op.ints('one', [1])]);
  const base = joined(op, [rows, padding(op, first, lengthVector(op, rows), end)]);
  return op.emit('ScatterND', [base, op.emit('Unsqueeze', [wide, op.ints('last', [-1])]), tensor]);
}

/** The elements one after another: (length, size, …) → (length · size, …) */
export function concat(op: OpScope, list: Value): Value {
  const rows = ranked(op, list);
  if (rows.shape.length < 2) throw op.refusal('joining scalars', 'elements of one axis or more');
  const rest = op.emit('Shape', [rows], { start: 2 });
  return op.emit('Reshape', [rows, op.emit('Concat', [op.ints('all', [-1]), rest], { axis: 0 })]);
}

export function resize(op: OpScope, list: Value, size: Value): Value {
  const rows = ranked(op, list);
  const to = asVector(op, size);
  const element = rows.shape.slice(1).map((each): Dimension => each);
  const length = lengthVector(op, rows);
  const count = op.emit('Max', [op.emit('Sub', [to, length]), op.ints('none', [0])]);
  const zero = op.graph.constant(`${op.name}/zero`, zeros(rows.type, []));
  const sizes = element.length > 0 ? [count, op.emit('Shape', [rows], { start: 1 })] : [count];
  const more = op.emit('Expand', [zero, op.emit('Concat', sizes, { axis: 0 })]);
  return joined(op, [part(op, rows, op.ints('start', [0]), to), more]);
}

/**
 * Pieces of a tensor along its first axis as elements. The pieces must be of one length: a tensor has no others, and
 * tfjs, which gives each the same shape, fails too.
 */
export function split(op: OpScope, tensor: Value, element: readonly number[] | undefined): Value {
  const lengths = op.numbers('lengths');
  if (new Set(lengths).size > 1)
    throw op.refusal(`pieces of lengths ${lengths}`, 'pieces of one length, which one ONNX tensor can hold');
  const shape = element ?? tensor.shape.slice(1);
  if (String(shape) === String(tensor.shape.slice(1)) && lengths[0] === 1) return tensor;
  const sizes = shape.map((size) => (typeof size === 'number' ? size : -1));
  if (sizes.filter((size) => size < 0).length > 1)
    throw op.refusal(`pieces of shape ${sizes}`, 'one open size at most');
  return op.emit('Reshape', [tensor, op.ints('shape', [lengths.length, ...sizes])], { allowzero: 1 });
}

/** All but the last element, and the last. */
export function popBack(op: OpScope, list: Value): [Value, Value] {
  const rows = ranked(op, list);
  const rest = part(op, rows, op.ints('start', [0]), op.ints('last', [-1]));
  const last = op.graph.constant(`${op.name}/last`, tensorOf('int64', [], [-1]));
  return [rest, op.emit('Gather', [rows, last], { axis: 0 })];
}

/** An unranked empty list beside one whose rank is known takes that. */
export function alignedRank(op: OpScope, list: Value, like: Value): Value {
  if (!isUnranked(list)) return list;
  const element = like.shape.slice(1).map((size) => (typeof size === 'number' ? size : 0));
  return op.graph.constant(`${op.name}/empty`, zeros(list.type, [0, ...element]));
}
