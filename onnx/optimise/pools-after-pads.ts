import type { Graph, Node } from '../graph.js';

const pools: readonly string[] = ['MaxPool', 'AveragePool'];

/**
 * A pool directly after a Pad says by `auto_pad` what it pads itself, where that is nothing or what `same` pads. It
 * means the same, and keeps onnxruntime's PadFusion away, which makes the Pad's zeros part of the pool: then the pool
 * is refused where they are as many as its window's elements, and the averages count what they should not.
 */
export function poolsAfterPads(graph: Graph): void {
  const producers = graph.producers();
  for (const node of graph.nodes) {
    if (!pools.includes(node.op) || producers.get(node.inputs[0])?.op !== 'Pad' || 'auto_pad' in node.attributes)
      continue;
    const { pads = [], ...others } = node.attributes;
    const own = pads as readonly number[];
    if (own.every((pad) => pad === 0)) node.attributes = { ...others, auto_pad: 'VALID' };
    else if (String(own) === String(samePads(node))) node.attributes = { ...others, auto_pad: 'SAME_UPPER' };
  }
}

/** Begins, then ends, of SAME_UPPER; NaN where a size is unknown. */
function samePads({ inputs, attributes }: Node): number[] {
  const kernel = attributes.kernel_shape as readonly number[];
  const strides = (attributes.strides ?? kernel.map(() => 1)) as readonly number[];
  const totals = kernel.map((span, i) => {
    const size = Number(inputs[0].shape[i + 2]);
    return Math.max(0, (Math.ceil(size / strides[i]) - 1) * strides[i] + span - size);
  });
  const begins = totals.map((total) => Math.floor(total / 2));
  return [...begins, ...totals.map((total, i) => total - begins[i])];
}
