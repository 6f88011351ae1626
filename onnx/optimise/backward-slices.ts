import { numbersOf } from '../element-types.js';
import { type Dimension, type Graph, intTensor, type Node } from '../graph.js';
import { fromFront } from '../infer/movement.js';

/** Below every index: as far as the first element. */
const beforeFirst = -(2 ** 31);

/**
 * Slice backwards from the middle, x[4:1:-1]  ⇒  Slice up to there, x[:5], then backwards from the end, [-1:1:-1].
 *
 * onnxruntime's WebGPU provider (1.30) begins every backward Slice at the last element, whatever its start says, and
 * answers wrongly without a word.
 */
export function sliceBackwardsFromTheEnd(graph: Graph): boolean {
  for (const [position, node] of graph.nodes.entries()) {
    const [x, startsIn, endsIn, axesIn, stepsIn] = node.inputs;
    if (node.op !== 'Slice' || !stepsIn || !node.inputs.slice(1).every(({ constant }) => constant)) continue;
    const [starts, ends, axes, steps] = [startsIn, endsIn, axesIn, stepsIn].map(({ constant }) => numbersOf(constant!));
    const sizes = axes.map((axis) => x.shape.at(axis)!);
    const cuts = axes.flatMap((axis, i) => {
      const cut = steps[i] < 0 ? cutOf(starts[i], ends[i], sizes[i]) : undefined;
      return cut ? [{ ...cut, axis, i }] : [];
    });
    if (cuts.length === 0) continue;
    const ints = (label: string, values: readonly number[]) =>
      graph.constant(`${node.name}/${label}`, intTensor(values));
    const shape = x.shape.map((size, axis): Dimension => {
      const cut = cuts.find((each) => fromFront(each.axis, x.shape.length) === axis);
      if (!cut) return size;
      return typeof size === 'number' ? Math.min(size, cut.length) : graph.uniqueName(`${node.name}_size${axis}`);
    });
    const bounds = [cuts.map(() => 0), cuts.map(({ length }) => length), cuts.map(({ axis }) => axis)];
    const labels = ['first', 'length', 'cut'];
    const first = graph.createNode(
      'Slice',
      node.name,
      [x, ...bounds.map((values, i) => ints(labels[i], values))],
      shape,
    );
    const replaced = (values: readonly number[], by: (cut: (typeof cuts)[number]) => number) =>
      values.map((value, i) => cuts.flatMap((cut) => (cut.i === i ? [by(cut)] : []))[0] ?? value);
    const inputs = [
      first.output,
      ints(
        'starts',
        replaced(starts, () => -1),
      ),
      ints(
        'ends',
        replaced(ends, ({ end }) => end),
      ),
      axesIn,
      stepsIn,
    ];
    const second: Node = { ...node, inputs };
    graph.nodes.splice(position, 1, first, second);
    return true;
  }
  return false;
}

/**
 * How many elements to keep before a backward slice begins at the last of them, and where it then ends; undefined where
 * it begins there already, or only running tells where.
 */
function cutOf(start: number, end: number, size: Dimension): { length: number; end: number } | undefined {
  const known = typeof size === 'number';
  const from = start < 0 && known ? start + size : start;
  const to = end < 0 && known ? Math.max(end + size, -1) : end;
  if (from === -1 || from < 0 || (known ? from >= size - 1 : from >= 2 ** 31 - 1)) return undefined;
  if (!known && to < 0 && to > beforeFirst + 1) return undefined;
  return { length: from + 1, end: to < 0 ? beforeFirst : to };
}
