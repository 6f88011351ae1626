import { input, type LayersModel, layers, model } from '@tensorflow/tfjs-layers';
import type { Architecture, ModelInput } from './architecture.js';
import { chain } from './chain.js';
import { dense } from './dense.js';

/** What decides a fully connected encoder. */
export type FcEncoderOptions = {
  /** Width of each layer between input and code. */
  hidden: readonly number[];
  /** Numbers in the code. */
  dimension: number;
};

/** Options of `autoencoder-fc`. */
export type AutoencoderFcOptions = FcEncoderOptions & { dropout: number };

/**
 * The report's fully connected autoencoder of one window of the mel spectrogram: Flatten → Dense (ReLU) … → Dense (linear), the
 * code, and the same widths back. With `hidden` [512] the encoder has the report's 3 layers, counting the input, with
 * [512, 512, 512] its 5.
 *
 * Dropout: after the first dense layer of the encoder and before the last one of the decoder, as the report has it.
 *
 * Input and output: (batch, bands, frames, 1), normalised features and their reconstruction.
 * Parameters: 13,387,524 for 60 × 216, hidden [512] and dimension 100.
 *
 * Example: `autoencoderFc.build({ shape: [1, 60, 216], labels: 8, seed: 1 }, autoencoderFc.defaults)`.
 *
 * Reference: the report, 4.5 and Table 5. It names the layers and the code's dimension, not the widths between and no
 * activation: those are ours.
 */
export const autoencoderFc: Architecture<AutoencoderFcOptions> = {
  name: 'autoencoder-fc',
  purpose: 'autoencoder with dense layers (Table 5): model.hidden=[512] or [512,512,512], model.dimension',
  task: 'reconstruction',
  chunks: 'each',
  defaults: { hidden: [512], dimension: 100, dropout: 0 },
  reportParameters: 13_387_524,
  build,
};

function build({ shape: [, bands, frames], seed }: ModelInput, options: AutoencoderFcOptions): LayersModel {
  const { hidden, dropout } = options;
  const features = input({ shape: [bands, frames, 1], name: 'features' });
  const [flat, first, ...deeper] = fcEncoderLayers(options, seed);
  const drop = (name: string) => (dropout > 0 ? [layers.dropout({ rate: dropout, name })] : []);
  const widths = [...hidden].reverse();
  const reconstruction = chain(features, [
    flat,
    first,
    ...drop('encoder_dropout'),
    ...deeper,
    ...widths.map((units, i) => dense(`decoder_dense${i + 1}`, units, seed, 'relu')),
    ...drop('decoder_dropout'),
    dense('decoder_frames', bands * frames, seed, 'linear'),
    layers.reshape({ targetShape: [bands, frames, 1], name: 'reconstruction' }),
  ]);
  return model({ inputs: features, outputs: reconstruction, name: 'autoencoder-fc' });
}

/** From (bands, frames, 1) to the code, (dimension). */
export function fcEncoderLayers({ hidden, dimension }: FcEncoderOptions, seed: number): layers.Layer[] {
  return [
    layers.flatten({ name: 'encoder_flatten' }),
    ...hidden.map((units, i) => dense(`encoder_dense${i + 1}`, units, seed, 'relu')),
    dense('encoder_code', dimension, seed, 'linear'),
  ];
}
