import type { Attribute, Graph, Node } from '../graph.js';
import { permute, reshapeTensor } from '../layout.js';

/**
 * Unsqueeze → (Transpose →) Conv over one more axis, along which the kernel has one place → Squeeze  ⇒  (Transpose →) Conv
 * without that axis: so TensorFlow writes a convolution over time.
 */
export function narrowConvolution(graph: Graph): boolean {
  const producers = graph.producers();
  const consumers = graph.consumers();
  for (const squeeze of graph.nodes) {
    const conv = squeeze.op === 'Squeeze' ? producers.get(squeeze.inputs[0]) : undefined;
    if (conv?.op !== 'Conv' || consumers.get(conv.output)!.length > 1 || graph.outputs.includes(conv.output)) continue;
    const before = producers.get(conv.inputs[0]);
    const perm = before?.op === 'Transpose' ? (before.attributes.perm as readonly number[]) : undefined;
    const unsqueeze = perm ? producers.get(before!.inputs[0]) : before;
    const axis = onlyAxis(squeeze);
    if (unsqueeze?.op !== 'Unsqueeze' || axis === undefined || axis < 2) continue;
    const [x] = unsqueeze.inputs;
    const added = perm ? perm[axis] : axis;
    if (String(x.shape) !== String(unsqueeze.output.shape.toSpliced(added, 1))) continue; // the same elements in order
    const narrow = without(conv, axis - 2);
    const [, { name, constant }, ...bias] = conv.inputs;
    if (!narrow || constant?.shape[axis] !== 1) continue;

    const kernel = graph.constant(name, reshapeTensor(constant, constant.shape.toSpliced(axis, 1)));
    const order = perm?.toSpliced(axis, 1).map((source) => (source > added ? source - 1 : source));
    const moved =
      order && graph.createNode('Transpose', `${conv.name}/Transpose`, [x], permute(x.shape, order), { perm: order });
    graph.nodes[graph.nodes.indexOf(squeeze)] = {
      ...conv,
      inputs: [moved?.output ?? x, kernel, ...bias],
      output: squeeze.output,
      attributes: narrow,
    };
    graph.nodes.splice(graph.nodes.indexOf(conv), 1, ...(moved ? [moved] : []));
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
