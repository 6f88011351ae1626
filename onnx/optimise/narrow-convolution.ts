import type { Attribute, Graph, Node } from '../graph.js';
import { reshapeTensor } from '../layout.js';

/**
 * Unsqueeze, or a Reshape that does as much → Conv over one more axis, along which the kernel has one place → Squeeze  ⇒  Conv without that axis: so
 * TensorFlow writes a convolution over time.
 */
export function narrowConvolution(graph: Graph): boolean {
  const producers = graph.producers();
  const consumers = graph.consumers();
  for (const squeeze of graph.nodes) {
    const conv = squeeze.op === 'Squeeze' ? producers.get(squeeze.inputs[0]) : undefined;
    if (conv?.op !== 'Conv' || consumers.get(conv.output)!.length > 1 || graph.outputs.includes(conv.output)) continue;
    const unsqueeze = producers.get(conv.inputs[0]);
    const axis = onlyAxis(squeeze);
    if (axis === undefined || axis < 2 || !unsqueeze || !['Unsqueeze', 'Reshape'].includes(unsqueeze.op)) continue;
    const [x] = unsqueeze.inputs;
    if (String(x.shape) !== String(unsqueeze.output.shape.toSpliced(axis, 1))) continue; // the same elements in order
    const narrow = without(conv, axis - 2);
    const [, weights, ...bias] = conv.inputs;
    if (!narrow || !weights.constant || weights.constant.shape[axis] !== 1 || conv.output.shape.length !== 4) continue;
    const kernel = graph.constant(
      weights.name,
      reshapeTensor(weights.constant, weights.constant.shape.toSpliced(axis, 1)),
    );
    graph.nodes[graph.nodes.indexOf(squeeze)] = {
      ...conv,
      inputs: [x, kernel, ...bias],
      output: squeeze.output,
      attributes: narrow,
    };
    graph.nodes.splice(graph.nodes.indexOf(conv), 1);
    return true;
  }
  return false;
}

/** The one axis, counted from the front, that a Squeeze takes away. */
function onlyAxis({ inputs: [x, axes] }: Node): number | undefined {
  const known = axes?.constant;
  if (known?.data.length !== 1) return undefined;
  const axis = Number(known.data[0]);
  return axis < 0 ? axis + x.shape.length : axis;
}

/** The attributes of a convolution without one spatial axis, along which nothing is padded. */
function without({ attributes }: Node, at: number): Record<string, Attribute> | undefined {
  const { kernel_shape, strides, dilations, pads, auto_pad } = attributes as Record<string, readonly number[]>;
  if (auto_pad !== undefined || !kernel_shape || !strides) return undefined;
  const rank = kernel_shape.length;
  if (pads && (pads[at] !== 0 || pads[at + rank] !== 0)) return undefined;
  const rest = (list: readonly number[]): number[] => list.toSpliced(at, 1);
  return {
    ...attributes,
    kernel_shape: rest(kernel_shape),
    strides: rest(strides),
    ...(dilations && { dilations: rest(dilations) }),
    ...(pads && { pads: [...rest(pads.slice(0, rank)), ...rest(pads.slice(rank))] }),
  };
}
