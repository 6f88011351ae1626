import type { Dimension } from '../graph.js';
import { range } from '../layout.js';
import type { Call, Inferred, Rule, Unknown } from './index.js';
import { elementsOf, knownNumbers } from './known.js';
import { listAttribute, numberAttribute } from './movement.js';

/** out = floor((in + pads − span) / stride) + 1, or its ceiling with `ceil_mode`; `auto_pad` SAME: ceil(in / stride). */
function slid(call: Call, space: readonly Dimension[], kernel: readonly number[], unknown: Unknown): Dimension[] {
  const ones = kernel.map(() => 1);
  const strides = listAttribute(call, 'strides') ?? ones;
  const dilations = listAttribute(call, 'dilations') ?? ones;
  const pads = listAttribute(call, 'pads') ?? [...ones, ...ones].map(() => 0);
  const same = String(call.attributes.auto_pad ?? '').startsWith('SAME');
  const round = numberAttribute(call, 'ceil_mode', 0) === 1 ? Math.ceil : Math.floor;
  return space.map((size, i) => {
    const reach = (kernel[i] - 1) * dilations[i] + 1 - pads[i] - pads[i + kernel.length];
    if (typeof size === 'string') return strides[i] === 1 && (same || reach === 1) ? size : unknown(`size${i + 2}`);
    return same ? Math.ceil(size / strides[i]) : round((size - reach) / strides[i]) + 1;
  });
}

const conv: Rule = (call, unknown): Inferred => {
  const [x, kernel] = call.inputs;
  const [batch, , ...space] = x.shape;
  const [filters, , ...sizes] = kernel.shape as readonly number[];
  return { type: x.type, shape: [batch, filters, ...slid(call, space, sizes, unknown)] };
};

const pool: Rule = (call, unknown) => {
  const [x] = call.inputs;
  const [batch, channels, ...space] = x.shape;
  const shape = [batch, channels, ...slid(call, space, listAttribute(call, 'kernel_shape')!, unknown)];
  return { type: x.type, shape };
};

/** out = stride · (in − 1) + output_padding + span − pads, or `output_shape` where it is given. */
const convTranspose: Rule = (call, unknown): Inferred => {
  const [x, kernel] = call.inputs;
  const [batch, , ...space] = x.shape;
  const [, perGroup, ...sizes] = kernel.shape as readonly number[];
  const ones = sizes.map(() => 1);
  const zeros = sizes.map(() => 0);
  const strides = listAttribute(call, 'strides') ?? ones;
  const dilations = listAttribute(call, 'dilations') ?? ones;
  const pads = listAttribute(call, 'pads') ?? [...zeros, ...zeros];
  const extra = listAttribute(call, 'output_padding') ?? zeros;
  const given = listAttribute(call, 'output_shape');
  const outputs = space.map((size, i): Dimension => {
    if (given) return given[i];
    if (typeof size === 'string') return unknown(`size${i + 2}`);
    const span = (sizes[i] - 1) * dilations[i] + 1;
    return strides[i] * (size - 1) + extra[i] + span - pads[i] - pads[i + sizes.length];
  });
  return { type: x.type, shape: [batch, perGroup * numberAttribute(call, 'group', 1), ...outputs] };
};

const globalPool: Rule = ({ inputs: [{ type, shape }] }) => ({
  type,
  shape: shape.map((size, axis) => (axis < 2 ? size : 1)),
});

/** By sizes (fourth input) or by scales (third). */
const resize: Rule = ({ inputs: [x, , scalesIn, sizesIn] }, unknown): Inferred => {
  const sizes = sizesIn?.name || sizesIn?.constant ? elementsOf(sizesIn) : undefined;
  const scales = !sizesIn && scalesIn?.constant ? knownNumbers(scalesIn) : undefined;
  const shape = range(0, x.shape.length).map((axis): Dimension => {
    const size = x.shape[axis];
    if (scales) {
      if (scales[axis] === 1) return size;
      return typeof size === 'number' ? Math.floor(size * scales[axis]) : unknown(`size${axis}`);
    }
    return sizes?.[axis] ?? unknown(`size${axis}`);
  });
  return { type: x.type, shape };
};

const gridSample: Rule = ({ inputs: [x, grid] }) => ({
  type: x.type,
  shape: [x.shape[0], x.shape[1], ...grid.shape.slice(1, -1)],
});

export const windowRules: Readonly<Record<string, Rule>> = {
  AveragePool: pool,
  Conv: conv,
  ConvTranspose: convTranspose,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  GridSample: gridSample,
  MaxPool: pool,
  Resize: resize,
};
