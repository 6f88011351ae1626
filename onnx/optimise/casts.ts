import { numbersOf, tensorOf } from '../element-types.js';
import type { ElementType, Graph, Node, Value } from '../graph.js';

/**
 * Which types hold all numbers of another. int64 counts as held by int32: what is cast so are sizes, positions and
 * indices, and TensorFlow.js itself keeps whole numbers in 32 bits.
 */
const holders: Readonly<Partial<Record<ElementType, readonly ElementType[]>>> = {
  bool: ['uint8', 'int8', 'int32', 'int64', 'float32'],
  uint8: ['int32', 'int64', 'float32'],
  int8: ['int32', 'int64', 'float32'],
  int32: ['int64'],
  int64: ['int32'],
};

/** Cast ∘ Cast → one Cast, where the type between holds all that comes in. */
export function mergeCasts(graph: Graph): boolean {
  const producers = graph.producers();
  let found = false;
  for (const node of graph.nodes) {
    const before = node.op === 'Cast' ? producers.get(node.inputs[0]) : undefined;
    if (before?.op !== 'Cast') continue;
    const [x] = before.inputs;
    if (!holders[x.type]?.includes(before.output.type)) continue;
    node.inputs = [x];
    found = true;
  }
  return found;
}

/** Operators that compute on int64 as on int32, and which of their inputs are the numbers (default: all). */
const numbers: Readonly<Record<string, number | undefined>> = {
  ...{ Expand: 1, Gather: 1, Neg: 1, ReduceProd: 1, Reshape: 1, Slice: 1, Squeeze: 1, Tile: 1, Unsqueeze: 1 },
  ...{ Add: undefined, Concat: undefined, Max: undefined, Min: undefined, Mul: undefined, Sub: undefined },
};

const numbersIn = ({ op, inputs }: Node): Value[] => inputs.slice(0, numbers[op]);

/**
 * Arithmetic on sizes in int32 between casts from int64 and to int64 → in int64, without them: what TensorFlow does
 * with the int32 of its Shape until it is ONNX's int64 of Reshape.
 *
 *   Shape → Cast → Gather → Concat → Cast → Reshape   ⇒   Shape → Gather → Concat → Reshape
 *
 * Only where nothing between is read as int32.
 */
export function widenSizes(graph: Graph): boolean {
  const producers = graph.producers();
  const consumers = graph.consumers();
  const widened = new Set(graph.nodes.filter((node) => node.op in numbers && node.output.type === 'int32'));
  const comesWide = (value: Value): boolean => {
    const producer = producers.get(value);
    if (value.constant || !producer) return value.constant !== undefined;
    return widened.has(producer) || (producer.op === 'Cast' && producer.inputs[0].type === 'int64');
  };
  const goesWide = (value: Value): boolean =>
    !graph.outputs.includes(value) &&
    (consumers.get(value) ?? []).every((reader) =>
      reader.op === 'Cast'
        ? reader.output.type === 'int64'
        : widened.has(reader) && !reader.inputs.slice(numbersIn(reader).length).includes(value),
    );
  for (let before = -1; before !== widened.size; ) {
    before = widened.size;
    for (const node of widened) if (!numbersIn(node).every(comesWide) || !goesWide(node.output)) widened.delete(node);
  }
  for (const node of widened) widen(graph, node, producers);
  return widened.size > 0;
}

function widen(graph: Graph, node: Node, producers: ReadonlyMap<Value, Node>): void {
  const count = numbersIn(node).length;
  node.inputs = node.inputs.map((input, i) => {
    if (i >= count || input.type === 'int64') return input;
    if (input.constant)
      return graph.constant(input.name, tensorOf('int64', input.constant.shape, numbersOf(input.constant)));
    return producers.get(input)!.inputs[0];
  });
  const wide: Value = { ...node.output, type: 'int64' };
  graph.replaceUses(node.output, wide);
  node.output = wide;
}
