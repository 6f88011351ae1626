import { float, floatTensor, intTensor, type Node } from '../graph.js';
import { range } from '../layout.js';
import { added, attributesWithout, giving, OpsetRefusal, type Rewrite } from './change.js';

/** Rewrites into the terms of opsets 13 to 16. */

/**
 * An attribute that the operator has since opset `since`: its default is left out, another value has no way.
 *
 * @param otherwise as the default, what the operator did before
 */
export const dropAttribute =
  (name: string, since: number, otherwise: number | string): Rewrite =>
  (site) => {
    const { node, opset } = site;
    if (opset >= since || !(name in node.attributes)) return undefined;
    if (node.attributes[name] !== otherwise)
      throw new OpsetRefusal(site, `${node.op} with ${name} ${JSON.stringify(node.attributes[name])}`, since);
    node.attributes = attributesWithout(node, name);
    return undefined;
  };

/** Before 16 regions were aligned as `output_half_pixel` now is, which must then be said. */
export const roiAlign: Rewrite = (site) => {
  const { node, opset } = site;
  if (opset >= 16) return undefined;
  if (node.attributes.coordinate_transformation_mode !== 'output_half_pixel')
    throw new OpsetRefusal(site, 'RoiAlign with coordinate_transformation_mode half_pixel', 16);
  node.attributes = attributesWithout(node, 'coordinate_transformation_mode');
  return undefined;
};

/** Arithmetic on bytes is there since opset 14; Relu of integers too. */
export const notOf =
  (...types: readonly string[]): Rewrite =>
  (site) => {
    const type = site.node.inputs[0].type;
    if (site.opset < 14 && types.includes(type)) throw new OpsetRefusal(site, `${site.node.op} of ${type}`, 14);
    return undefined;
  };

export const noSequences: Rewrite = (site) => {
  if (site.opset < 14 && site.node.inputs[0].sequence) throw new OpsetRefusal(site, 'Identity of a sequence', 14);
  return undefined;
};

/** Some of the sizes: Shape of all, then Slice. */
export const shape: Rewrite = (site) => {
  const { node, graph, opset } = site;
  const { start = 0, end } = node.attributes;
  if (opset >= 15) return undefined;
  node.attributes = attributesWithout(node, 'start', 'end');
  const rank = node.inputs[0].shape.length;
  if (start === 0 && end === undefined) return undefined;
  const whole = added(site, 'Shape', node.inputs);
  const bound = (label: string, value: unknown) =>
    graph.constant(`${node.name}/${label}`, intTensor([Number(value ?? rank)]));
  const some = added(site, 'Slice', [whole.output, bound('start', start), bound('end', end)]);
  return [whole, giving(some, node.output)];
};

/** x · max(0, min(1, x / 6 + 1 / 2)) */
export const hardSwish: Rewrite = (site) => {
  const [x] = site.node.inputs;
  const gate = added(site, 'HardSigmoid', [x], { alpha: float(1 / 6), beta: float(0.5) });
  return [gate, giving(added(site, 'Mul', [x, gate.output]), site.node.output)];
};

/** (x − μ) / √(mean (x − μ)² + ε) · scale + bias over the axes from `axis` on: the operator's own definition. */
export const layerNormalization: Rewrite = (site) => {
  const { node, graph } = site;
  const [x, scale, bias] = node.inputs;
  if (node.more?.length) throw new OpsetRefusal(site, 'LayerNormalization that gives mean and deviation', 17);
  const { axis = -1, epsilon } = node.attributes;
  const rank = x.shape.length;
  const axes = range(Number(axis) < 0 ? Number(axis) + rank : Number(axis), rank);
  const reduced = x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
  const least = typeof epsilon === 'object' && 'float' in epsilon ? epsilon.float : 1e-5;
  const nodes: Node[] = [];
  const then = (op: string, inputs: Node['inputs'], attributes: Node['attributes'] = {}, sizes = x.shape) => {
    nodes.push(added(site, op, inputs, attributes, sizes));
    return nodes.at(-1)!.output;
  };
  const mean = then('ReduceMean', [x], { axes, keepdims: 1 }, reduced);
  const centred = then('Sub', [x, mean]);
  const variance = then('ReduceMean', [then('Mul', [centred, centred])], { axes, keepdims: 1 }, reduced);
  const eps = graph.constant(`${node.name}/epsilon`, floatTensor([], [least]));
  const deviation = then('Sqrt', [then('Add', [variance, eps], {}, reduced)], {}, reduced);
  const scaled = then('Mul', [then('Div', [centred, deviation]), scale]);
  if (bias) then('Add', [scaled, bias]);
  return nodes.with(-1, giving(nodes.at(-1)!, node.output));
};
