import { dataTypeCodes } from '../element-types.js';
import { intTensor, type Value } from '../graph.js';
import type { LayerConverter, LayerScope, Mask } from './layer-scope.js';

/**
 * Masking → x where any element of the last axis is not `mask_value`, else zeros:
 * Equal, Not, Cast, ReduceMax (…, 1), Mul.
 */
export const convertMasking: LayerConverter = (layer) => {
  const { input: x } = layer;
  return layer.add('Mul', [x, kept(layer, x, 1)], x.shape);
};

/** 1 where an element of the last axis differs from `mask_value`, 0 elsewhere. */
function kept(layer: LayerScope, x: Value, keepdims: 0 | 1): Value {
  const differs = unequal(layer, x, layer.scalar('mask_value', layer.config.number('mask_value', 0)));
  const numbers = layer.add('Cast', [differs], x.shape, { to: dataTypeCodes.float32 });
  const shape = keepdims ? x.shape.with(-1, 1) : x.shape.slice(0, -1);
  return layer.add('ReduceMax', [numbers], shape, { axes: [x.shape.length - 1], keepdims });
}

function unequal(layer: LayerScope, x: Value, value: Value): Value {
  return layer.add('Not', [layer.add('Equal', [x, value], x.shape)], x.shape);
}

/** Classes that pass on the mask of their first input (`supportsMasking` in tfjs). */
const passing: readonly string[] = [
  ...['Activation', 'AlphaDropout', 'BatchNormalization', 'Dense', 'Dropout', 'GaussianDropout', 'GaussianNoise'],
  ...['LayerNormalization', 'PReLU', 'ReLU', 'SpatialDropout1D', 'TimeDistributed'],
];

/** Classes that pass it on where they give sequences. */
const recurrent: readonly string[] = ['Bidirectional', 'ConvLSTM2D', 'GRU', 'LSTM', 'RNN', 'SimpleRNN'];

const merging: readonly string[] = ['Add', 'Average', 'Maximum', 'Minimum', 'Multiply'];

/**
 * The mask of what a layer gives, by the masks of its inputs, as tfjs's `computeMask` has it.
 *
 * @param custom whether the class is none of tfjs's: nobody knows what it does with masks
 */
export function outputMask(
  layer: LayerScope,
  className: string,
  masks: readonly (Mask | undefined)[],
  custom: boolean,
): Mask | undefined {
  if (className === 'Masking')
    return {
      value: layer.add('Cast', [kept(layer, layer.input, 0)], layer.input.shape.slice(0, -1), {
        to: dataTypeCodes.bool,
      }),
    };
  if (className === 'Embedding') return embeddingMask(layer);
  if (masks.every((mask) => mask === undefined)) return undefined;
  if (custom) return { lost: `whether ${layer.config.layer} passes it on is not known` };
  if (passing.includes(className)) return masks[0];
  if (recurrent.includes(className)) return givesSequences(layer) ? masks[0] : undefined;
  if (merging.includes(className))
    return masks[0] || masks.length > 2 ? { lost: `${layer.config.layer}: tfjs gives it an axis too many` } : undefined;
  if (className === 'Concatenate') return concatenated(layer, masks);
  return undefined;
}

function embeddingMask(layer: LayerScope): Mask | undefined {
  if (!layer.config.boolean('mask_zero', false)) return undefined;
  const { input: x } = layer;
  const zero = layer.constant(`zero_${x.type}`, () =>
    x.type === 'int32'
      ? { type: 'int32', shape: [], data: Int32Array.of(0) }
      : { type: 'float32', shape: [], data: Float32Array.of(0) },
  );
  return { value: unequal(layer, x, zero) };
}

const givesSequences = ({ config, wrapped }: LayerScope): boolean =>
  (wrapped?.config ?? config).boolean('return_sequences', false);

/** Along the last axis an element counts where it does in every input; along the one before, masks follow each other. */
function concatenated(layer: LayerScope, masks: readonly (Mask | undefined)[]): Mask {
  const lost = masks.find((mask) => mask && 'lost' in mask);
  if (lost) return lost;
  const values = masks.flatMap((mask) => (mask && 'value' in mask ? [mask.value] : []));
  const { rank, axis } = { rank: layer.inputs[0].shape.length, axis: layer.config.integers('axis', 1, -1)[0] };
  const counted = layer.axis(axis, rank);
  const fits = values.every(({ shape }) => shape.length === rank - 1);
  if (fits && counted === rank - 1 && (rank === 3 || values.length === masks.length))
    return { value: values.reduce((a, b) => layer.add('And', [a, b], a.shape)) };
  if (fits && values.length === masks.length && counted > 0)
    return { value: layer.add('Concat', values, undefined, { axis: counted }) };
  return { lost: `${layer.config.layer}: tfjs cannot join it with inputs of these shapes` };
}

/** (batch, steps), last step first. */
export function reversed(layer: LayerScope, mask: Value): Value {
  const index = (label: string, value: number) => layer.constant(label, () => intTensor([value]));
  const [last, first] = [index('last', -1), index('first', -(2 ** 31))];
  return layer.add('Slice', [mask, last, first, index('axis1', 1), index('backwards', -1)], mask.shape);
}
