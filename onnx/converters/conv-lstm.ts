import { intTensor, type Value } from '../graph.js';
import { channelsLast, range, transposeTensor } from '../layout.js';
import type { LayerConverter, LayerScope } from './layer-scope.js';
import { type RecurrentOutputs, refuseState } from './recurrent.js';
import { convLstmStep } from './recurrent-cells.js';
import { stepByStep } from './recurrent-unrolled.js';
import { paddings, slideWindow } from './windows.js';

/**
 * ConvLSTM2D → one Conv over all steps, then step after step: an LSTM whose products with the recurrent kernel are
 * Convs (`same`, stride 1). x (batch, steps, height, width, channels); inside, channels come before space.
 *
 * tfjs kernel (height, width, in, 4 · filters) → W (4 · filters, in, height, width), gates i, f, c, o.
 *
 * @throws TypeError for an unknown number of steps or unknown sizes, and for what recurrent layers refuse
 */
export const convertConvLstm2D: LayerConverter = (layer) => {
  const { output, states } = convLstm(layer);
  return layer.config.boolean('return_state', false) ? [output, ...states] : output;
};

/** @param reversed gives the sequence back to front */
export function convLstm(layer: LayerScope, reversed = false): RecurrentOutputs {
  const { config, inputs } = layer;
  refuseState(layer);
  const [x] = inputs;
  if (inputs.length !== 1) throw layer.refusal(`${inputs.length} inputs`, '1: tfjs builds none with initial states');
  const [batch, steps, ...sizes] = x.shape;
  if (sizes.length !== 3) throw layer.refusal(`an input of ${x.shape.length} axes`, '5');
  if (typeof steps !== 'number' || sizes.some((size) => typeof size !== 'number'))
    throw layer.refusal(
      `an input of unknown size (${x.shape.join(', ')})`,
      'known steps and sizes: each step is written out',
    );
  const first = isChannelsFirst(layer);
  const ordered = first ? x : layer.transpose(x, [0, 1, 4, 2, 3]);
  const [, , ...image] = ordered.shape as number[];
  const folded = layer.add(
    'Reshape',
    [ordered, layer.constant('images', () => intTensor([-1, ...image]))],
    [`${batch}*${steps}`, ...image],
  );
  const z = convolve(layer, folded);
  const unfolded = layer.add(
    'Reshape',
    [z, layer.constant('steps', () => intTensor([-1, steps, ...(z.shape.slice(1) as number[])]))],
    [batch, steps, ...z.shape.slice(1)],
  );
  const [height, width] = z.shape.slice(2);
  const outputs = stepByStep(
    layer,
    {
      sequences: config.boolean('return_sequences', false),
      backwards: config.boolean('go_backwards', false),
      reversed,
      mask: maskOf(layer, x, [batch, steps, height, width]),
    },
    steps,
    unfolded,
    [],
    (zt, state) => convLstmStep(layer, zt, state),
  );
  if (first) return outputs;
  const perm = outputs.output.shape.length === 5 ? [0, 1, 3, 4, 2] : channelsLast(4);
  return {
    output: layer.transpose(outputs.output, perm),
    states: outputs.states.map((state) => layer.transpose(state, channelsLast(4))),
  };
}

const isChannelsFirst = ({ config }: LayerScope): boolean =>
  config.oneOf('data_format', ['channelsLast', 'channelsFirst'], 'channelsLast') === 'channelsFirst';

/** A mask pixel by pixel, channels last, where the output has the input's pixels: (batch, steps, 1, height, width). */
function maskOf(layer: LayerScope, x: Value, sizes: readonly (number | string)[]): Value | undefined {
  if (!layer.mask) return undefined;
  if (isChannelsFirst(layer)) throw layer.refusal('a mask', 'no mask where channels come first');
  if (String(x.shape.slice(0, 4)) !== String(sizes)) throw layer.refusal('a mask', 'no mask where the size changes');
  const mask = layer.maskOver(sizes)!;
  const axis = layer.constant('channel', () => intTensor([2]));
  return layer.add('Unsqueeze', [mask, axis], mask.shape.toSpliced(2, 0, 1));
}

/** The input's products: Conv over x (batch, channels, height, width) → (batch, 4 · filters, height, width). */
function convolve(layer: LayerScope, x: Value): Value {
  const { config } = layer;
  const kernelSize = config.integers('kernel_size', 2);
  const filters = config.number('filters');
  const window = {
    kernel: kernelSize,
    strides: config.integers('strides', 2, 1),
    dilations: config.integers('dilation_rate', 2, 1),
    padding: config.oneOf('padding', paddings, 'valid'),
  };
  const [batch, channels, ...space] = x.shape;
  if (typeof channels !== 'number') throw layer.refusal('an unknown number of channels', 'a known one');
  const kernel = layer.constant('kernel', () =>
    transposeTensor(layer.weight('kernel', [...kernelSize, channels, 4 * filters]), [3, 2, ...range(0, 2)]),
  );
  const bias = config.boolean('use_bias', true)
    ? [layer.constant('bias', () => layer.weight('bias', [4 * filters]))]
    : [];
  const { sizes, attributes } = slideWindow(layer, space, window);
  return layer.add('Conv', [x, kernel, ...bias], [batch, 4 * filters, ...sizes], {
    ...attributes,
    dilations: [...window.dilations],
    group: 1,
  });
}
