import { input, type LayersModel, model } from '@tensorflow/tfjs-layers';
import type { Architecture, ModelInput } from './architecture.js';
import { chain } from './chain.js';
import { type CnnOptions, cnn, cnnBodyLayers } from './cnn.js';
import { type RepresentationOptions, representationDefaults, withRepresentation } from './representation.js';

/** Options of `cnn-autoencoder`. */
export type CnnAutoencoderOptions = CnnOptions & RepresentationOptions;

/**
 * The report's CNN in parallel with the representation of an autoencoder: Table 4's CNN up to its last hidden layer, beside
 * the encoder of an autoencoder that was trained before; see representation.ts. The encoder is frozen, and is part of the
 * model: it is saved and exported with it.
 *
 * Input: (batch, bands, frames, 1), normalised as the autoencoder's was.
 * Output: (batch, labels), probabilities.
 * Parameters: 7,095,476 for 60 × 216 and 8 labels, 6,789,932 of them the frozen encoder's (fully connected, dimension 300).
 *
 * Example: `cnnAutoencoder.build({ shape: [1, 60, 216], labels: 8, seed: 1 }, cnnAutoencoder.defaults)`.
 *
 * Reference: the report, 3.6, 4.5.3, Figure 7 and Table 6. It does not name the widths of the dense layers: ours are those of
 * its CNN.
 */
export const cnnAutoencoder: Architecture<CnnAutoencoderOptions> = {
  name: 'cnn-autoencoder',
  purpose: "the CNN beside a trained autoencoder's frozen encoder (Table 6): --encoder RUN, model.states=last|full",
  task: 'recognition',
  chunks: 'first',
  holdsEncoder: true,
  defaults: { ...cnn.defaults, ...representationDefaults },
  reportParameters: 7_095_476,
  build,
};

function build(given: ModelInput, options: CnnAutoencoderOptions): LayersModel {
  const [chunks, bands, frames] = given.shape;
  if (chunks !== 1) throw new RangeError(`cnn-autoencoder: sees 1 chunk of a clip, not ${chunks}`);
  const features = input({ shape: [bands, frames, 1], name: 'features' });
  const body = chain(features, cnnBodyLayers(options, given.seed));
  return model({
    inputs: features,
    outputs: withRepresentation(features, body, given, options),
    name: 'cnn-autoencoder',
  });
}
