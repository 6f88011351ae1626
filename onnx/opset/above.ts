import { absent, intTensor } from '../graph.js';
import { reshapeTensor } from '../layout.js';
import { attributesWithout, type Rewrite } from './change.js';

/** Rewrites into the terms of opsets 18 to 22. */

/** Axes of a reduction, an attribute up to 17, are its second input from 18 on, as ReduceSum's are since 13. */
export const axesAsInput: Rewrite = ({ node, graph, opset }) => {
  const { axes } = node.attributes;
  if (opset < 18 || axes === undefined) return undefined;
  node.inputs = [node.inputs[0], graph.constant(`${node.name}/axes`, intTensor(axes as readonly number[]))];
  node.attributes = attributesWithout(node, 'axes');
  return undefined;
};

/** Equal parts were as many as outputs; from 18 on their number must be said. */
export const equalParts: Rewrite = ({ node, opset }) => {
  if (opset >= 18 && node.inputs.length === 1)
    node.attributes = { ...node.attributes, num_outputs: 1 + (node.more?.length ?? 0) };
  return undefined;
};

/** Names of interpolations: `bilinear` is `linear`, `bicubic` is `cubic` from 20 on. */
export const interpolation: Rewrite = ({ node, opset }) => {
  const { mode = 'bilinear' } = node.attributes;
  if (opset >= 20 && typeof mode === 'string')
    node.attributes = { ...node.attributes, mode: mode.replace(/^bi(linear|cubic)$/, '$1') };
  return undefined;
};

/** The axis of a DFT is its third input from 20 on; its default was 1, and is −2. */
export const dftAxis: Rewrite = ({ node, graph, opset }) => {
  if (opset < 20) return undefined;
  const axis = reshapeTensor(intTensor([Number(node.attributes.axis ?? 1)]), []);
  const [x, length = absent] = node.inputs;
  node.inputs = [x, length, graph.constant(`${node.name}/axis`, axis)];
  node.attributes = attributesWithout(node, 'axis');
  return undefined;
};
