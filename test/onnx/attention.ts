import * as tl from '@tensorflow/tfjs-layers';

const { layers } = tl;

/**
 * A small model with attention over the chunks of a clip: LSTM over the chunks → a score each → softmax, the layer
 * `attention` (batch, chunks, 1) → context, the weighted sum of the LSTM's outputs → softmax over the labels. A single
 * chunk comes without its axis.
 */
export function attentionModel([chunks, bands, frames]: readonly [number, number, number], labels = 3): tl.LayersModel {
  const chunked = [chunks, bands, frames, 1];
  const input = tl.input({ shape: chunks === 1 ? chunked.slice(1) : chunked, name: 'features' });
  const flat = layers.reshape({ targetShape: [chunks, bands * frames], name: 'flat' }).apply(input);
  const lstm = layers.lstm({
    units: 4,
    returnSequences: true,
    recurrentActivation: 'sigmoid',
    recurrentInitializer: 'zeros',
    name: 'lstm',
  });
  const sequence = lstm.apply(flat) as tl.SymbolicTensor;
  const scores = layers
    .flatten({ name: 'flat_scores' })
    .apply(layers.dense({ units: 1, name: 'scores' }).apply(sequence));
  const softmax = layers.activation({ activation: 'softmax', name: 'softmax' }).apply(scores);
  const weights = layers.reshape({ targetShape: [chunks, 1], name: 'attention' }).apply(softmax) as tl.SymbolicTensor;
  const context = layers
    .flatten({ name: 'context' })
    .apply(layers.dot({ axes: 1, name: 'sum' }).apply([weights, sequence]));
  const head = layers.dense({ units: labels, activation: 'softmax', name: 'probabilities' });
  return tl.model({ inputs: input, outputs: head.apply(context) as tl.SymbolicTensor, name: 'attention-model' });
}

/** The same model with its attention weights (batch, chunks, 1) as a second output. */
export const withAttention = (model: tl.LayersModel): tl.LayersModel =>
  tl.model({
    inputs: model.inputs,
    outputs: [...model.outputs, model.getLayer('attention').output as tl.SymbolicTensor],
    name: model.name,
  });
