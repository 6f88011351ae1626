import type { Graph, Node, Value } from '../graph.js';
import { elementCount, inverse, permute, reshapeTensor, staticSizes, transposeTensor } from '../layout.js';
import { elementwise } from './elementwise.js';

/**
 * Transpose → Flatten → Gemm  ⇒  Flatten → Gemm with the rows of its weights in the order of what comes in.
 *
 * Row r of W (in, units) belongs to the element of T(x) at r. Seen as (…shape of T(x), units), the rows are moved as
 * T⁻¹ moves axes; so is every row's weight where its element now is. Between Flatten and Gemm may stand operators on
 * single elements with constants of one element (an activation).
 */
export function absorbIntoGemm(graph: Graph): boolean {
  const producers = graph.producers();
  const consumers = graph.consumers();
  for (const flatten of graph.nodes) {
    if (flatten.op !== 'Flatten' || (flatten.attributes.axis ?? 1) !== 1) continue;
    const transpose = producers.get(flatten.inputs[0]);
    if (transpose?.op !== 'Transpose') continue;
    const perm = transpose.attributes.perm as readonly number[];
    const sizes = staticSizes(transpose.output.shape.slice(1));
    const gemm = gemmAfter(flatten.output, graph, consumers);
    if (perm[0] !== 0 || !sizes || !gemm) continue;

    const weights = gemm.inputs[1];
    const units = weights.constant!.shape[1];
    const rowAxes = perm.slice(1).map((axis) => axis - 1); // axes of x behind each axis of T(x), without the batch
    const back = inverse(rowAxes);
    const moved = transposeTensor(reshapeTensor(weights.constant!, [...sizes, units]), [...back, sizes.length]);
    const rows = elementCount(permute(sizes, back));
    gemm.inputs = gemm.inputs.with(1, graph.constant(weights.name, reshapeTensor(moved, [rows, units])));
    flatten.inputs = [transpose.inputs[0]];
    return true;
  }
  return false;
}

/** The Gemm that alone reads `value`, directly or through single-element operators that nothing else reads. */
function gemmAfter(value: Value, graph: Graph, consumers: ReadonlyMap<Value, Node[]>): Node | undefined {
  if (graph.outputs.includes(value)) return undefined;
  const [next, ...others] = consumers.get(value) ?? [];
  if (!next || others.length > 0) return undefined;
  const plain = !next.attributes.transA && !next.attributes.transB;
  if (next.op === 'Gemm') return plain && next.inputs[0] === value && next.inputs[1].constant ? next : undefined;
  const onSingleElements =
    elementwise.includes(next.op) &&
    next.inputs.every((input) => input === value || (input.constant && elementCount(input.constant.shape) === 1));
  return onSingleElements ? gemmAfter(next.output, graph, consumers) : undefined;
}
