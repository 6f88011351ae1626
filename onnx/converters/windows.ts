import type { Attribute, Dimension, Value } from '../graph.js';
import { channelsFirst, channelsLast, range } from '../layout.js';
import type { Scope } from '../scope.js';
import type { LayerScope } from './layer-scope.js';

/** How a convolution or a pool walks over its input, one entry a spatial axis. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: 'same' | 'valid';
}

export const paddings = ['same', 'valid'] as const;

/**
 * Runs `operate` on the layer's input with channels first and gives its result in the layer's own layout:
 * (batch, …space, channels) → Transpose → (batch, channels, …space) → operate → Transpose back.
 * Layers with `data_format: channels_first` need neither.
 */
export function withChannelsFirst(layer: LayerScope, x: Value, operate: (x: Value) => Value): Value {
  if (layer.config.oneOf('data_format', ['channelsLast', 'channelsFirst'], 'channelsLast') === 'channelsFirst')
    return operate(x);
  return betweenTransposes(layer, x, operate);
}

/** (batch, …space, channels) → channels first → operate → channels last. */
export function betweenTransposes(scope: Scope, x: Value, operate: (x: Value) => Value): Value {
  const rank = x.shape.length;
  return scope.transpose(operate(scope.transpose(x, channelsFirst(rank))), channelsLast(rank));
}

/**
 * The output sizes of a window over sizes that may be symbolic, and ONNX's attributes for it.
 *
 * With k' = (k − 1) · dilation + 1, the span of the kernel:
 * valid: out = ceil((in − k' + 1) / stride); same: out = ceil(in / stride), padded by
 * max(0, (out − 1) · stride + k' − in), the odd one at the end (TensorFlow's and ONNX's SAME_UPPER). Known sizes get
 * explicit `pads` (all begins, then all ends), symbolic ones `auto_pad`; but dilated kernels in steps of 1, which are
 * padded by the same whatever the size, `pads`: onnxruntime's `auto_pad` takes none that are dilated.
 */
export function slideWindow(
  scope: Scope,
  sizes: readonly Dimension[],
  { kernel, strides, dilations, padding }: Window,
): { sizes: Dimension[]; attributes: Record<string, Attribute> } {
  const axes = range(0, sizes.length);
  const spans = axes.map((i) => (kernel[i] - 1) * dilations[i] + 1);
  const outputs = axes.map((i): Dimension => {
    const size = sizes[i];
    const reach = padding === 'same' ? 0 : spans[i] - 1;
    if (typeof size === 'string') return strides[i] === 1 && reach === 0 ? size : scope.unknownSize(`size${i + 1}`);
    return Math.ceil((size - reach) / strides[i]);
  });
  const attributes: Record<string, Attribute> = { kernel_shape: [...kernel], strides: [...strides] };
  if (padding === 'valid') return { sizes: outputs, attributes };
  refuseShiftedWindows(scope, sizes, spans, strides);
  const dilated = dilations.some((dilation) => dilation > 1);
  const totals = axes.map((i) => {
    const size = sizes[i];
    if (typeof size === 'string') return dilated && strides[i] === 1 ? spans[i] - 1 : undefined;
    return Math.max(0, ((outputs[i] as number) - 1) * strides[i] + spans[i] - size);
  });
  if (!totals.every((total) => total !== undefined))
    return { sizes: outputs, attributes: { ...attributes, auto_pad: 'SAME_UPPER' } };
  const begins = totals.map((total) => Math.floor(total / 2));
  const ends = totals.map((total, i) => total - begins[i]);
  return { sizes: outputs, attributes: { ...attributes, pads: [...begins, ...ends] } };
}

/** Over three axes tfjs moves the windows where `same` would pad by less than nothing; neither Keras nor ONNX does. */
function refuseShiftedWindows(
  scope: Scope,
  sizes: readonly Dimension[],
  spans: readonly number[],
  strides: readonly number[],
): void {
  const shifted = sizes.some((size, i) => {
    if (typeof size === 'string') return strides[i] > spans[i];
    return (Math.ceil(size / strides[i]) - 1) * strides[i] + spans[i] < size;
  });
  if (sizes.length === 3 && shifted)
    throw scope.refusal(
      `padding same with strides [${strides}] beyond the window [${spans}] over [${sizes}]`,
      'windows as large as the strides, or padding valid: tfjs moves such windows, as no operator of ONNX does',
    );
}
