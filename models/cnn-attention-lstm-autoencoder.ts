import { type LayersModel, model } from '@tensorflow/tfjs-layers';
import type { Architecture, ModelInput } from './architecture.js';
import { attentionBody, type CnnAttentionLstmOptions, cnnAttentionLstm } from './cnn-attention-lstm.js';
import { type RepresentationOptions, representationDefaults, withRepresentation } from './representation.js';

/** Options of `cnn-attention-lstm-autoencoder`. */
export type CnnAttentionLstmAutoencoderOptions = CnnAttentionLstmOptions & RepresentationOptions;

/**
 * The report's CNN + attention based LSTM in parallel with the representation of an autoencoder: `cnn-attention-lstm` up to
 * its last hidden layer, beside the encoder of an autoencoder that was trained before, applied to each chunk; see
 * representation.ts. The encoder is frozen, and is part of the model: it is saved and exported with it.
 *
 * Input: (batch, chunks, bands, frames, 1), normalised as the autoencoder's was; one chunk without its axis.
 * Output: (batch, labels), probabilities.
 * Parameters: 7,639,988 for 2 × 60 × 216 and 8 labels, 6,789,932 of them the frozen encoder's (fully connected, dimension 300).
 *
 * Example: `cnnAttentionLstmAutoencoder.build({ shape: [2, 60, 216], labels: 8, seed: 1 }, cnnAttentionLstmAutoencoder.defaults)`.
 *
 * Reference: the report, 4.5.4 and Table 7; widths as in cnn-autoencoder.ts.
 */
export const cnnAttentionLstmAutoencoder: Architecture<CnnAttentionLstmAutoencoderOptions> = {
  name: 'cnn-attention-lstm-autoencoder',
  purpose: "cnn-attention-lstm beside a trained autoencoder's frozen encoder (Table 7): --encoder RUN, model.states",
  task: 'recognition',
  chunks: 'all',
  holdsEncoder: true,
  defaults: { ...cnnAttentionLstm.defaults, ...representationDefaults },
  reportParameters: 7_639_988,
  build,
};

function build(given: ModelInput, options: CnnAttentionLstmAutoencoderOptions): LayersModel {
  const { features, body } = attentionBody(given, options);
  return model({
    inputs: features,
    outputs: withRepresentation(features, body, given, options),
    name: 'cnn-attention-lstm-autoencoder',
  });
}
