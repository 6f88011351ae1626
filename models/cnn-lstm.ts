import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Architecture, ModelInput } from './architecture.js';
import { chain, overChunks } from './chain.js';
import { dense } from './dense.js';
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
  task: 'recognition',
  chunks: 'all',
  defaults: { ...lflbDefaults, lstmUnits: 256 },
  reportParameters: 787_912,
  build,
};

function build({ shape, labels, seed }: ModelInput, options: CnnLstmOptions): LayersModel {
  const { features, chunks } = chunkedLflbs(shape, seed, options);
  const probabilities = chain(chunks, [
    lstmOverChunks(options, seed, false),
    dense('probabilities', labels, seed, 'softmax'),
  ]);
  return model({ inputs: features, outputs: probabilities, name: 'cnn-lstm' });
}

/** The input, and the flattened blocks of every chunk: (batch, chunks, features). */
export function chunkedLflbs(
  [chunks, bands, frames]: ModelInput['shape'],
  seed: number,
  options: LflbOptions,
): { features: SymbolicTensor; chunks: SymbolicTensor } {
  const chunked = [chunks, bands, frames, 1];
  const features = input({ shape: chunks === 1 ? chunked.slice(1) : chunked, name: 'features' });
  const blocks = [...lflbLayers(options, seed), layers.flatten({ name: 'flatten' })].map(overChunks);
  const split = chunks === 1 ? [layers.reshape({ targetShape: chunked, name: 'chunks' })] : [];
  return { features, chunks: chain(features, [...split, ...blocks]) };
}

/** @param sequence whether it gives its output at every chunk, or at the last one alone */
export const lstmOverChunks = ({ lstmUnits }: CnnLstmOptions, seed: number, sequence: boolean): layers.Layer =>
  layers.lstm({
    units: lstmUnits,
    recurrentActivation: 'sigmoid',
    kernelInitializer: glorot(seed, 'lstm'),
    recurrentInitializer: glorot(seed, 'lstm_recurrent'),
    returnSequences: sequence,
    name: 'lstm',
  });
