import type { Value } from '../graph.js';
import { LayerConfig } from '../parse/config.js';
import { convLstm } from './conv-lstm.js';
import type { LayerConverter, LayerScope } from './layer-scope.js';
import { convertRecurrent } from './recurrent.js';
import { leavesOf } from './recurrent-leaves.js';

/** RNN is not among them: tfjs fails to copy its cells. */
const inside: readonly string[] = ['GRU', 'LSTM', 'SimpleRNN', 'ConvLSTM2D'];

/**
 * Bidirectional → the layer inside twice, `forward_NAME` as it is and `backward_NAME` with `go_backwards` turned round,
 * the backward sequence put in the forward one's order; then joined by `merge_mode`:
 * concat (default) along the last axis, sum a + b, ave (a + b) / 2, mul a ∘ b, null both outputs.
 *
 * Initial states come as further inputs, the forward layer's first; states go out in the same order.
 */
export const convertBidirectional: LayerConverter = (layer) => {
  const { wrapped, config, inputs } = layer;
  if (!wrapped || !inside.includes(wrapped.className))
    throw layer.refusal(`${wrapped?.className ?? 'nothing'} inside`, inside.join(', '));
  const [x, ...initial] = inputs;
  const half = initial.length / 2;
  const inDirection = (direction: string, goBackwards: boolean, states: readonly Value[]) => {
    const flags = new LayerConfig({ ...wrapped.config.json, go_backwards: goBackwards }, wrapped.config.layer);
    const inner = layer.as(`${layer.name}/${direction}_${wrapped.name}`, flags, [x, ...states]);
    const isBackward = direction === 'backward';
    if (wrapped.className === 'ConvLSTM2D') return convLstm(inner, isBackward);
    return convertRecurrent(inner, leavesOf(inner, wrapped.className), isBackward);
  };
  const backwards = wrapped.config.boolean('go_backwards', false);
  const forward = inDirection('forward', backwards, initial.slice(0, half));
  const backward = inDirection('backward', !backwards, initial.slice(half));
  // null is a merge mode of its own here, not an absent key.
  const none = config.json.merge_mode === null || config.json.mergeMode === null;
  const outputs = none ? [forward.output, backward.output] : [merge(layer, forward.output, backward.output)];
  if (!wrapped.config.boolean('return_state', false)) return outputs;
  return [...outputs, ...forward.states, ...backward.states];
};

function merge(layer: LayerScope, a: Value, b: Value): Value {
  const mode = layer.config.oneOf('merge_mode', ['concat', 'sum', 'ave', 'mul'], 'concat');
  if (mode === 'concat') {
    const axis = a.shape.length - 1;
    return layer.add('Concat', [a, b], a.shape.with(axis, 2 * (a.shape[axis] as number)), { axis });
  }
  if (mode === 'mul') return layer.add('Mul', [a, b], a.shape);
  const sum = layer.add('Add', [a, b], a.shape);
  return mode === 'sum' ? sum : layer.add('Mul', [sum, layer.scalar('half', 0.5)], sum.shape);
}
