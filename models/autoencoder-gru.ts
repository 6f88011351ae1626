import { input, type LayersModel, layers, model } from '@tensorflow/tfjs-layers';
import type { Architecture, ModelInput } from './architecture.js';
import { chain } from './chain.js';
import { dense } from './dense.js';
import { glorot } from './lflb.js';

/** What decides a recurrent encoder. */
export type GruEncoderOptions = {
  /** Units of the GRU, numbers in its state: the code. */
  dimension: number;
};

/** Options of `autoencoder-gru`. */
export type AutoencoderGruOptions = GruEncoderOptions & { dropout: number };

/**
 * The report's recurrent autoencoder of one window of the mel spectrogram: a GRU reads the frames one after the other (2 layers,
 * counting the input), its last state is the code; a second GRU, which sees the code at every step, writes the frames.
 *
 * Dropout: of the code, and before the last layer of the decoder.
 *
 * Input and output: (batch, bands, frames, 1), normalised features and their reconstruction.
 * Parameters: 114,660 for 60 × 216 and dimension 100.
 *
 * Example: `autoencoderGru.build({ shape: [1, 60, 216], labels: 8, seed: 1 }, autoencoderGru.defaults)`.
 *
 * Reference: the report, 4.5.2 and Table 5, which gives the encoder; the decoder is the usual one (N. Srivastava, E.
 * Mansimov, R. Salakhutdinov, "Unsupervised learning of video representations using LSTMs", ICML 2015, unconditioned).
 * The gates are sigmoid and the recurrent weights start Glorot uniform, as in cnn-lstm.ts.
 */
export const autoencoderGru: Architecture<AutoencoderGruOptions> = {
  name: 'autoencoder-gru',
  purpose: 'autoencoder with GRU layers (Table 5): model.dimension',
  task: 'reconstruction',
  chunks: 'each',
  defaults: { dimension: 100, dropout: 0 },
  reportParameters: 114_660,
  build,
};

function build({ shape: [, bands, frames], seed }: ModelInput, options: AutoencoderGruOptions): LayersModel {
  const { dimension, dropout } = options;
  const features = input({ shape: [bands, frames, 1], name: 'features' });
  const drop = (name: string) => (dropout > 0 ? [layers.dropout({ rate: dropout, name })] : []);
  const reconstruction = chain(features, [
    ...gruEncoderLayers({ ...options, states: 'last' }, [bands, frames], seed),
    ...drop('encoder_dropout'),
    layers.repeatVector({ n: frames, name: 'decoder_repeat' }),
    gru('decoder_gru', dimension, seed, true),
    ...drop('decoder_dropout'),
    dense('decoder_frames', bands, seed),
    layers.permute({ dims: [2, 1], name: 'decoder_bands' }),
    layers.reshape({ targetShape: [bands, frames, 1], name: 'reconstruction' }),
  ]);
  return model({ inputs: features, outputs: reconstruction, name: 'autoencoder-gru' });
}

/** From (bands, frames, 1) to the last state (dimension), or with `states` full to that of every frame (frames, dimension). */
export function gruEncoderLayers(
  { dimension, states }: GruEncoderOptions & { states: 'last' | 'full' },
  [bands, frames]: readonly [number, number],
  seed: number,
): layers.Layer[] {
  return [
    layers.reshape({ targetShape: [bands, frames], name: 'encoder_bands' }),
    layers.permute({ dims: [2, 1], name: 'encoder_frames' }),
    gru('encoder_gru', dimension, seed, states === 'full'),
  ];
}

const gru = (name: string, units: number, seed: number, returnSequences: boolean) =>
  layers.gru({
    units,
    recurrentActivation: 'sigmoid',
    kernelInitializer: glorot(seed, name),
    recurrentInitializer: glorot(seed, `${name}_recurrent`),
    returnSequences,
    name,
  });
