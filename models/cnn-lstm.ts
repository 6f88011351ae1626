import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import type { Architecture, ModelInput } from './architecture.js';
import { glorot, type LflbOptions, lflbDefaults, lflbLayers } from './lflb.js';

/** Options of `cnn-lstm`. */
export type CnnLstmOptions = LflbOptions & { lstmUnits: number };

/**
 * The report's CNN + LSTM: four local feature learning blocks over each chunk of the clip, an LSTM over the chunks, its
 * last output to a softmax.
 *
 * Input: (batch, chunks, bands, frames, 1), normalised features; the report's is 2 × 60 × 216 × 1. One chunk comes
 * without an axis of its own: (batch, bands, frames, 1).
 * Output: (batch, labels), probabilities.
 * Parameters: 787,912 for 2 × 60 × 216, LSTM 256 and 8 labels.
 *
 * Example: `cnnLstm.build({ shape: [2, 60, 216], labels: 8, seed: 1 }, cnnLstm.defaults)`.
 *
 * Reference: the report, 3.4 and 4.3. Deviations: those of lflb.ts; the gates are sigmoid, as in Keras 2 and onnxruntime
 * (the library's default, hard sigmoid, has no fast kernel there); the recurrent weights start Glorot uniform instead of
 * orthogonal, which takes the library minutes at this size and matters for sequences longer than two chunks.
 */
export const cnnLstm: Architecture<CnnLstmOptions> = {
  name: 'cnn-lstm',
  purpose: 'the CNN over each chunk of a clip, an LSTM over the chunks (787,912 parameters)',
  chunks: 'all',
  defaults: { ...lflbDefaults, lstmUnits: 256 },
  reportParameters: 787_912,
  build,
};

function build({ shape: [chunks, bands, frames], labels, seed }: ModelInput, options: CnnLstmOptions): LayersModel {
  const overChunks = (layer: layers.Layer) => layers.timeDistributed({ layer, name: `${layer.name}_chunks` });
  const chunked = [chunks, bands, frames, 1];
  return sequential({
    name: 'cnn-lstm',
    layers: [
      layers.inputLayer({ inputShape: chunks === 1 ? chunked.slice(1) : chunked, name: 'features' }),
      ...(chunks === 1 ? [layers.reshape({ targetShape: chunked, name: 'chunks' })] : []),
      ...[...lflbLayers(options, seed), layers.flatten({ name: 'flatten' })].map(overChunks),
      layers.lstm({
        units: options.lstmUnits,
        recurrentActivation: 'sigmoid',
        kernelInitializer: glorot(seed, 'lstm'),
        recurrentInitializer: glorot(seed, 'lstm_recurrent'),
        name: 'lstm',
      }),
      layers.dense({
        units: labels,
        activation: 'softmax',
        kernelInitializer: glorot(seed, 'probabilities'),
        name: 'probabilities',
      }),
    ],
  });
}
