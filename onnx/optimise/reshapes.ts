import { type Graph, intTensor, type Node, type Value } from '../graph.js';

/** Operators that give the same elements in the same order another shape. */
const reshapes: readonly string[] = ['Reshape', 'Flatten'];

/**
 * A Reshape back to a shape that the elements had before → nothing. A symbolic size is one number throughout a graph:
 * equal names are equal sizes.
 */
export function cancelReshapes(graph: Graph): boolean {
  const producers = graph.producers();
  for (const node of graph.nodes) {
    const before = shapesBefore(node, producers).find(({ shape }) => String(shape) === String(node.output.shape));
    if (!before) continue;
    graph.replaceUses(node.output, before);
    return true;
  }
  return false;
}

/** The sizes of another value that are the same → the first one's: nothing is kept for its sizes alone. */
export function shareShapes(graph: Graph): boolean {
  const seen = new Map<string, Value>();
  for (const { op, inputs, output, attributes } of graph.nodes) {
    if (op !== 'Shape') continue;
    const sizes = String(
      inputs[0].shape.slice(attributes.start as number | undefined, attributes.end as number | undefined),
    );
    const first = seen.get(sizes);
    if (first) {
      graph.replaceUses(output, first);
      return true;
    }
    seen.set(sizes, output);
  }
  return false;
}

/**
 * A Reshape to computed sizes → to known ones, where all but one are numbers or its input's at the same place: 0 keeps a
 * size, −1 is what is left. What worked the sizes out is then read by nobody.
 */
export function nameTargets(graph: Graph): boolean {
  let found = false;
  for (const node of graph.nodes) {
    const [x, target] = node.inputs;
    if (node.op !== 'Reshape' || target.constant || node.output.shape.includes(0) || mayBeEmpty(node)) continue;
    const sizes = node.output.shape.map((size, axis) =>
      typeof size === 'number' ? size : size === x.shape[axis] ? 0 : -1,
    );
    if (sizes.filter((size) => size === -1).length > 1) continue;
    node.inputs = [x, graph.constant(`${node.name}/shape`, intTensor(sizes))];
    node.attributes = {};
    found = true;
  }
  return found;
}

/** A Reshape written with `allowzero` may meet sizes of 0, of which −1 cannot be worked out. */
const mayBeEmpty = ({ attributes }: Node): boolean => attributes.allowzero === 1;

/** Reshape ∘ Reshape → one Reshape, where at most one of its sizes is unknown. */
export function mergeReshapes(graph: Graph): boolean {
  const producers = graph.producers();
  for (const node of graph.nodes) {
    const first = shapesBefore(node, producers).at(-1);
    const { shape } = node.output;
    if (node.op !== 'Reshape' || first === node.inputs[0] || !first || mayBeEmpty(node)) continue;
    if (shape.filter((size) => typeof size === 'string').length > 1) continue;
    const sizes = shape.map((size) => (typeof size === 'string' ? -1 : size));
    node.inputs = [first, graph.constant(`${node.name}/shape`, intTensor(sizes))];
    return true;
  }
  return false;
}

/** What a Reshape reads, and what the Reshapes directly before it read: the same elements in the same order. */
function shapesBefore(node: Node | undefined, producers: ReadonlyMap<Value, Node>): Value[] {
  if (!node || !reshapes.includes(node.op) || mayBeEmpty(node)) return [];
  const [x] = node.inputs;
  return [x, ...shapesBefore(producers.get(x), producers)];
}
