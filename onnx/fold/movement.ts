import { numbersOf } from '../element-types.js';
import type { Tensor } from '../graph.js';
import { fromFront, listAttribute, numberAttribute, sliceRange } from '../infer/movement.js';
import { elementCount, range, stridesOf, transposeTensor } from '../layout.js';
import type { Fold, KnownCall } from './index.js';
import { broadcastIndices, places } from './indices.js';

const sameElements: Fold = ({ tensors: [x] }) => numbersOf(x);

/** The elements of `x` at the places that a result's coordinates name. */
function picked(x: Tensor, shape: readonly number[], place: (index: readonly number[]) => number): number[] {
  const values = numbersOf(x);
  return places(shape, place).map((i) => values[i]);
}

const transpose: Fold = (call) => {
  const [x] = call.tensors;
  return numbersOf(transposeTensor(x, listAttribute(call, 'perm') ?? range(0, x.shape.length).reverse()));
};

const expand: Fold = ({ tensors: [x], output }) => {
  const values = numbersOf(x);
  return broadcastIndices(x.shape, output.shape).map((i) => values[i]);
};

const concat: Fold = (call) => {
  const { tensors, output } = call;
  const axis = fromFront(numberAttribute(call, 'axis', 0), output.shape.length);
  const outer = elementCount(output.shape.slice(0, axis));
  const parts = tensors.map((tensor) => ({ values: numbersOf(tensor), run: elementCount(tensor.shape.slice(axis)) }));
  return range(0, outer).flatMap((row) => parts.flatMap(({ values, run }) => values.slice(row * run, (row + 1) * run)));
};

const gather: Fold = (call) => {
  const {
    tensors: [x, indices],
    output,
  } = call;
  const axis = fromFront(numberAttribute(call, 'axis', 0), x.shape.length);
  const at = numbersOf(indices).map((i) => fromFront(i, x.shape[axis]));
  if (at.some((i) => i < 0 || i >= x.shape[axis])) return undefined;
  const run = elementCount(x.shape.slice(axis + 1));
  const values = numbersOf(x);
  const result = range(0, elementCount(x.shape.slice(0, axis))).flatMap((row) =>
    at.flatMap((i) => values.slice((row * x.shape[axis] + i) * run, (row * x.shape[axis] + i + 1) * run)),
  );
  return result.length === elementCount(output.shape) ? result : undefined;
};

const slice: Fold = ({ tensors: [x, ...bounds], output }) => {
  const [starts, ends, axesIn, stepsIn] = bounds.map(numbersOf);
  const axes = (axesIn ?? range(0, starts.length)).map((axis) => fromFront(axis, x.shape.length));
  const strides = stridesOf(x.shape);
  const first = x.shape.map(() => 0);
  const steps = x.shape.map(() => 1);
  axes.forEach((axis, i) => {
    steps[axis] = stepsIn?.[i] ?? 1;
    first[axis] = sliceRange(x.shape[axis], starts[i], ends[i], steps[axis]).start;
  });
  return picked(x, output.shape, (index) =>
    index.reduce((place, at, axis) => place + (first[axis] + at * steps[axis]) * strides[axis], 0),
  );
};

const tile: Fold = ({ tensors: [x], output }) => {
  const strides = stridesOf(x.shape);
  return picked(x, output.shape, (index) =>
    index.reduce((place, at, axis) => place + (at % x.shape[axis]) * strides[axis], 0),
  );
};

const rangeFold: Fold = ({
  tensors,
  output: {
    shape: [count],
  },
}) => {
  const [start, , delta] = tensors.map((tensor) => numbersOf(tensor)[0]);
  return range(0, count).map((i) => start + i * delta);
};

const constantOfShape: Fold = ({ attributes: { value }, output }) => {
  const filler = typeof value === 'object' && 'tensor' in value ? numbersOf(value.tensor)[0] : 0;
  return new Array<number>(elementCount(output.shape)).fill(filler);
};

/** Over the axes of a constant that reductions name; `start` is what nothing gives. */
const reduction =
  (combine: (a: number, b: number) => number, start: number, finish = (total: number, _count: number) => total): Fold =>
  (call: KnownCall) => {
    const {
      tensors: [x, axesIn],
    } = call;
    const given = axesIn ? numbersOf(axesIn) : listAttribute(call, 'axes');
    const axes = (given?.length ? given : range(0, x.shape.length)).map((axis) => fromFront(axis, x.shape.length));
    const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const totals = new Array<number>(elementCount(kept)).fill(start);
    const values = numbersOf(x);
    broadcastIndices(kept, x.shape).forEach((place, i) => {
      totals[place] = combine(totals[place], values[i]);
    });
    return totals.map((total) => finish(total, values.length / totals.length));
  };

export const movementFolds: Readonly<Record<string, Fold>> = {
  Concat: concat,
  ConstantOfShape: constantOfShape,
  Expand: expand,
  Flatten: sameElements,
  Gather: gather,
  Range: rangeFold,
  ReduceMax: reduction(Math.max, -Infinity),
  ReduceMean: reduction(
    (a, b) => a + b,
    0,
    (total, count) => total / count,
  ),
  ReduceMin: reduction(Math.min, Infinity),
  ReduceProd: reduction((a, b) => a * b, 1),
  ReduceSum: reduction((a, b) => a + b, 0),
  Reshape: sameElements,
  Slice: slice,
  Squeeze: sameElements,
  Tile: tile,
  Transpose: transpose,
  Unsqueeze: sameElements,
};
