import { type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Architecture, ModelInput } from './architecture.js';
import { chain } from './chain.js';
import { type CnnLstmOptions, chunkedLflbs, lstmOverChunks } from './cnn-lstm.js';
import { dense } from './dense.js';
import { glorot, lflbDefaults } from './lflb.js';

/** Options of `cnn-attention-lstm`. */
export type CnnAttentionLstmOptions = CnnLstmOptions & {
  /** Of the context, and of the dense layer after it: the dropout that this model has more than `cnn-lstm`. */
  contextDropout: number;
  denseUnits: number;
  denseDropout: number;
};

/**
 * The report's CNN + attention based LSTM: the blocks of `cnn-lstm` over each chunk, the LSTM's output at every chunk, an
 * attention that weighs these outputs, their weighted sum to a dense layer and a softmax.
 *
 * Attention: score of chunk t = u · h_t (a dense layer of one unit, no bias), weight = softmax of the scores over the
 * chunks, context = Σ weight_t h_t. All of it stock layers; the one named `attention` gives the weights, (batch, chunks).
 *
 * Input: (batch, chunks, bands, frames, 1), normalised features; one chunk without its axis.
 * Output: (batch, labels), probabilities.
 * Parameters: 803,080 for 2 × 60 × 216, LSTM 256, dense 64 and 8 labels.
 *
 * Example: `cnnAttentionLstm.build({ shape: [2, 60, 216], labels: 8, seed: 1 }, cnnAttentionLstm.defaults)`.
 *
 * Reference: the report, 3.5 and 4.4, after S. Mirsamadi, E. Barsoum, C. Zhang, "Automatic speech emotion recognition using
 * recurrent neural networks with local attention", ICASSP 2017, whose formula it is. The report names neither the size of
 * its dense layer nor how much dropout it added: the head is that of its CNN, and the dropouts around it are what is added.
 */
export const cnnAttentionLstm: Architecture<CnnAttentionLstmOptions> = {
  name: 'cnn-attention-lstm',
  purpose: 'as cnn-lstm, with attention over the chunks (803,080 parameters)',
  task: 'recognition',
  chunks: 'all',
  defaults: { ...lflbDefaults, lstmUnits: 256, contextDropout: 0.5, denseUnits: 64, denseDropout: 0.5 },
  reportParameters: 803_080,
  build,
};

function build(input: ModelInput, options: CnnAttentionLstmOptions): LayersModel {
  const { features, body } = attentionBody(input, options);
  return model({
    inputs: features,
    outputs: chain(body, [dense('probabilities', input.labels, input.seed, 'softmax')]),
    name: 'cnn-attention-lstm',
  });
}

/** Everything up to the output layer: (batch, denseUnits). */
export function attentionBody(
  { shape, seed }: ModelInput,
  options: CnnAttentionLstmOptions,
): { features: SymbolicTensor; body: SymbolicTensor } {
  const { features, chunks } = chunkedLflbs(shape, seed, options);
  const sequence = chain(chunks, [lstmOverChunks(options, seed, true)]);
  const weights = chain(sequence, [
    layers.dense({
      units: 1,
      useBias: false,
      kernelInitializer: glorot(seed, 'attention_score'),
      name: 'attention_score',
    }),
    layers.flatten({ name: 'attention_scores' }),
    layers.softmax({ name: 'attention' }),
  ]);
  const context = layers.dot({ axes: [1, 1], name: 'context' }).apply([sequence, weights]) as SymbolicTensor;
  const body = chain(context, [
    layers.dropout({ rate: options.contextDropout, name: 'context_dropout' }),
    dense('dense', options.denseUnits, seed, 'relu'),
    layers.dropout({ rate: options.denseDropout, name: 'dense_dropout' }),
  ]);
  return { features, body };
}
