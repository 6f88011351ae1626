import type { Dimension, Value } from '../graph.js';
import { range } from '../layout.js';
import type { OpConverter, OpScope } from './op-scope.js';
import { isChannelsFirst, kernelShape, type OpWindow, overSpace, reordered, windowOf } from './windows.js';

/**
 * Conv2DBackpropInput → ConvTranspose (ai.onnx 11), x in (batch, channels, height, width); kernel (height, width, out, in)
 * → (in, out, height, width).
 *
 * Its output is what a convolution of this window would have read: of the sizes that fit, the node names one. With
 * full = stride · (in − 1) + kernel, the padding is max(0, full − out), the odd one at the end, and what is missing from
 * full to out is added at the end. Sizes of which nothing is known beforehand are cut from the full result.
 *
 * Deviation: NCHW is as TensorFlow has it; tfjs takes every node for NHWC.
 */
const convertConv2DBackpropInput: OpConverter = (op) => {
  const [x, filter] = [op.tensor('x'), op.tensor('filter')];
  const [height, width, out] = kernelShape(op, filter, 4);
  const window = windowOf(op, [height, width]);
  if (window.dilations.some((dilation) => dilation !== 1))
    throw op.refusal(`dilation ${window.dilations}`, '1: TensorFlow.js reads no other');
  const weights = reordered(op, filter, [3, 2, 0, 1]);
  return overSpace(op, x, 2, (x) => transposedConvolution(op, x, weights, window, out));
};

function transposedConvolution(op: OpScope, x: Value, weights: Value, window: OpWindow, filters: number): Value {
  const { kernel, strides } = window;
  const [batch, , ...space] = x.shape;
  const wanted = wantedSizes(op);
  const axes = range(0, kernel.length);
  const surplus = axes.map((i) => surplusOf(space[i], wanted?.[i], kernel[i], strides[i]));
  const attributes = { kernel_shape: [...kernel], strides: [...strides] };
  if (surplus.every((amount) => amount !== undefined)) {
    const pads = padsOf(window, surplus);
    const output_padding = axes.map((i) => pads[i] + pads[i + kernel.length] - surplus[i]);
    if (output_padding.some((extra, i) => extra < 0 || extra >= Math.max(strides[i], 2)))
      throw new RangeError(`${op.subject}: its output of [${wanted}] does not go with an input of [${space}]`);
    const shape = [batch, filters, ...axes.map((i) => wanted?.[i] ?? op.unknownSize(`size${i + 1}`))];
    return op.add('ConvTranspose', [x, weights], shape, { ...attributes, pads, output_padding });
  }
  const full = op.emit('ConvTranspose', [x, weights], { ...attributes, output_padding: strides.map((s) => s - 1) });
  return cut(op, x, full, window);
}

/** Height and width of the output as far as they are known. */
function wantedSizes(op: OpScope): (Dimension | undefined)[] | undefined {
  const given = op.sizes('outputShape');
  const from = isChannelsFirst(op) && given?.length === 4 ? 2 : (given?.length ?? 4) - 3;
  return given?.slice(from, from + 2);
}

/** full − out, where it is one number: for known sizes, and for an output of stride times the input. */
function surplusOf(size: Dimension, wanted: Dimension | undefined, kernel: number, stride: number): number | undefined {
  if (typeof size === 'number' && typeof wanted === 'number') return stride * (size - 1) + kernel - wanted;
  const scaled = stride === 1 ? [size] : [`${size}*${stride}`, `${stride}*${size}`];
  return wanted !== undefined && scaled.includes(wanted) ? kernel - stride : undefined;
}

/** All begins, then all ends. */
function padsOf({ padding, pads, kernel }: OpWindow, surplus: readonly number[]): number[] {
  if (padding === 'explicit') return [...pads];
  if (padding === 'valid') return range(0, 2 * kernel.length).map(() => 0);
  const totals = surplus.map((amount) => Math.max(0, amount));
  const begins = totals.map((total) => Math.floor(total / 2));
  return [...begins, ...totals.map((total, i) => total - begins[i])];
}

/** The part of the full result, which is stride − 1 longer than full, that the node's computed sizes name. */
function cut(op: OpScope, x: Value, full: Value, { kernel, strides, padding, pads }: OpWindow): Value {
  const shape = op.cast(op.tensor('outputShape'), 'int64');
  const rank = shape.shape[0] as number;
  const from = isChannelsFirst(op) && rank === 4 ? 2 : rank - 3;
  const sizes = op.emit('Slice', [shape, op.ints('from', [from]), op.ints('to', [from + 2])]);
  const begins = padding === 'same' ? sameBegins() : op.ints('begins', padding === 'valid' ? [0, 0] : pads.slice(0, 2));
  const ends = op.emit('Add', [begins, sizes]);
  return op.emit('Slice', [full, begins, ends, op.ints('space_axes', [2, 3])]);

  function sameBegins(): Value {
    const input = op.emit('Slice', [op.emit('Shape', [x]), op.ints('from', [2]), op.ints('to', [4])]);
    const spans = op.ints(
      'overhang',
      kernel.map((size, i) => size - strides[i]),
    );
    const whole = op.emit('Add', [op.emit('Mul', [input, op.ints('strides', strides)]), spans]);
    const total = op.emit('Max', [op.emit('Sub', [whole, sizes]), op.ints('none', [0])]);
    return op.emit('Div', [total, op.ints('two', [2])]);
  }
}

/**
 * Dilation2D (grey dilation) → for each place of the kernel a Slice of x and Add of the kernel's value there, then Max:
 * max over (i, j) of x[stride · y + rate · i, …] + kernel[i, j, channel]. What is padded counts for nothing.
 */
const convertDilation2D: OpConverter = (op) => {
  const [x, filter] = [op.tensor('x'), op.tensor('filter')];
  const [height, width, channels] = kernelShape(op, filter, 3);
  if (x.shape.length === 3) throw op.refusal('an input without batch', '(batch, height, width, channels)');
  const window = windowOf(op, [height, width]);
  const { strides, dilations } = window;
  const spans = window.kernel.map((size, i) => (size - 1) * dilations[i]); // beyond the first place
  const padded = window.padding === 'same' ? pad(op, x, strides, spans) : x;
  const places = range(0, height * width).map((place) => {
    const at = [Math.floor(place / width), place % width];
    const starts = at.map((index, i) => index * dilations[i]);
    const ends = starts.map((start, i) => (start === spans[i] ? 2 ** 31 - 1 : start - spans[i]));
    const bounds = [starts, ends, [1, 2], strides].map((list, i) => op.ints(`bounds${i}`, list));
    const weights = op.emit('Slice', [
      filter,
      op.ints('at', at),
      op.ints(
        'after',
        at.map((i) => i + 1),
      ),
      op.ints('axes', [0, 1]),
    ]);
    const row = op.emit('Reshape', [weights, op.ints('channels', [channels])]);
    return op.emit('Add', [op.emit('Slice', [padded, ...bounds]), row]);
  });
  return places.length === 1 ? places[0] : op.emit('Max', places);
};

function pad(op: OpScope, x: Value, strides: readonly number[], spans: readonly number[]): Value {
  const totals = spans.map((span, i) => {
    const size = x.shape[i + 1];
    if (typeof size === 'number') return Math.max(0, (Math.ceil(size / strides[i]) - 1) * strides[i] + span + 1 - size);
    if (strides[i] === 1) return span;
    throw op.refusal(
      'SAME padding with strides over a size that only running the model tells',
      'known sizes: give the shape of the input',
    );
  });
  const begins = totals.map((total) => Math.floor(total / 2));
  const pads = [0, ...begins, 0, 0, ...totals.map((total, i) => total - begins[i]), 0];
  return op.emit('Pad', [x, op.ints('pads', pads), op.like(x, 'lowest', -Infinity)]);
}

export const transposedConvolutionConverters = {
  Conv2DBackpropInput: convertConv2DBackpropInput,
  Dilation2D: convertDilation2D,
} satisfies Record<string, OpConverter>;
