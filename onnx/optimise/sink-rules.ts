import { numbersOf } from '../element-types.js';
import { type Attribute, type Graph, intTensor, type Node, type Value } from '../graph.js';
import { fromFront } from '../infer/movement.js';
import { inverse, permute, range } from '../layout.js';
import { elementwise } from './elementwise.js';

/** What an operator becomes when it runs before the transposition instead of after it. */
export interface Sunk {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly inputs?: (graph: Graph, inputs: readonly Value[]) => Value[];
  /** The transposition that its result then needs. Default: the same. */
  readonly permutation?: readonly number[];
}

/** Undefined where this node of the operator cannot pass. */
type SinkRule = (node: Node, permutation: readonly number[]) => Sunk | undefined;

const integers = ({ constant }: Value): number[] => numbersOf(constant!);

const changed = (graph: Graph, value: Value, to: readonly number[]): Value => graph.constant(value.name, intTensor(to));

const alongAxis: SinkRule = ({ attributes: { axis = -1 } }, p) => ({
  attributes: { axis: p[fromFront(axis as number, p.length)] },
});

/** The permutation of the axes that remain where some of the result's axes go. */
function without(p: readonly number[], gone: readonly number[]): number[] {
  const kept = range(0, p.length).filter((axis) => !gone.includes(axis)); // axes of x that remain, in order
  return p.filter((axis) => !gone.includes(axis)).map((axis) => kept.indexOf(axis));
}

/** Axes by attribute, or by a second input that is known (ReduceSum). */
const reduce: SinkRule = ({ attributes, inputs: [, axesIn] }, p) => {
  const given = axesIn?.constant ? integers(axesIn) : (attributes.axes as readonly number[] | undefined);
  if (!given?.length) return undefined;
  const axes = given.map((axis) => p[fromFront(axis, p.length)]).sort((a, b) => a - b);
  const moved = axesIn
    ? { inputs: (graph: Graph, [x]: readonly Value[]) => [x, changed(graph, axesIn, axes)] }
    : { attributes: { ...attributes, axes } };
  return attributes.keepdims === 0 ? { ...moved, permutation: without(p, axes) } : moved;
};

const pad: SinkRule = (_node, p) => ({
  inputs: (graph, [x, pads, ...rest]) => {
    const sizes = integers(pads);
    const back = inverse(p);
    const moved = [...permute(sizes.slice(0, p.length), back), ...permute(sizes.slice(p.length), back)];
    return [x, changed(graph, pads, moved), ...rest];
  },
});

const slice: SinkRule = ({ inputs: [, , , axesIn] }, p) =>
  axesIn && {
    inputs: (graph, [x, starts, ends, axes, ...steps]) => {
      const moved = integers(axes).map((axis) => p[fromFront(axis, p.length)]);
      return [x, starts, ends, changed(graph, axes, moved), ...steps];
    },
  };

/** By one list of places: the axis stays, by one place it goes. */
const gather: SinkRule = ({ attributes, inputs: [x, places] }, p) => {
  const axis = p[fromFront((attributes.axis as number | undefined) ?? 0, p.length)];
  if (x.constant || !places.constant || places.shape.length > 1) return undefined;
  const sunk = { attributes: { axis }, inputs: (_graph: Graph, inputs: readonly Value[]) => [...inputs] };
  return places.shape.length === 1 ? sunk : { ...sunk, permutation: without(p, [axis]) };
};

const squeeze: SinkRule = ({ inputs: [, axesIn] }, p) => {
  if (!axesIn) return undefined;
  const axes = integers(axesIn).map((axis) => p[fromFront(axis, p.length)]);
  return { inputs: (graph, [x]) => [x, changed(graph, axesIn, axes)], permutation: without(p, axes) };
};

/** New axes stand where they stood; those of x keep their order around them. */
const unsqueeze: SinkRule = ({ inputs: [, axesIn] }, p) => {
  const rank = p.length + axesIn.shape.reduce<number>((total, size) => total * (size as number), 1);
  const added = integers(axesIn).map((axis) => fromFront(axis, rank));
  const old = range(0, rank).filter((axis) => !added.includes(axis));
  const permutation = range(0, rank).map((axis) => (added.includes(axis) ? axis : old[p[old.indexOf(axis)]]));
  return { inputs: (_graph, inputs) => [...inputs], permutation };
};

/** Sizes along one axis, which stay as they are. */
const split: SinkRule = (node, p) => ({ ...alongAxis(node, p), inputs: (_graph, inputs) => [...inputs] });

/**
 * Operators that a Transpose may pass, by how they change: with T(x)[i…] having axis i of the result from axis p[i]
 * of x, op(T(x)) = T'(op'(x)). Element by element op' = op; an axis a becomes p[a].
 */
export const sinkRules: Readonly<Record<string, SinkRule>> = {
  ...Object.fromEntries(elementwise.map((op): [string, SinkRule] => [op, () => ({})])),
  Concat: alongAxis,
  Gather: gather,
  LogSoftmax: alongAxis,
  Pad: pad,
  ReduceL2: reduce,
  ReduceMax: reduce,
  ReduceMean: reduce,
  ReduceMin: reduce,
  ReduceProd: reduce,
  ReduceSum: reduce,
  Slice: slice,
  Softmax: alongAxis,
  Split: split,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
};
