import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import type { Architecture, ModelInput } from './architecture.js';
import { dense } from './dense.js';
import { type LflbOptions, lflbDefaults, lflbLayers } from './lflb.js';

/** Options of `cnn`. */
export type CnnOptions = LflbOptions & { denseUnits: number; denseDropout: number };

/**
 * The report's baseline: four local feature learning blocks over one window of the mel spectrogram, then a dense head.
 *
 * Blocks: see lflb.ts. Head: Flatten → Dense 64 → Dropout .5 → BatchNorm → ReLU → Dropout .5 → Dense softmax.
 *
 * Input: (batch, bands, frames, 1), normalised features; the report's is 60 × 216 × 1.
 * Output: (batch, labels), probabilities.
 * Parameters: 277,768 for 60 × 216 and 8 labels.
 *
 * Example: `cnn.build({ shape: [1, 60, 216], labels: 8, seed: 1 }, cnn.defaults)`.
 *
 * Reference: the report, Table 4; lflb.ts says where we deviate.
 */
export const cnn: Architecture<CnnOptions> = {
  name: 'cnn',
  purpose: '2D CNN on one window (Table 4 of the report; 277,768 parameters)',
  task: 'recognition',
  chunks: 'first',
  defaults: { ...lflbDefaults, denseUnits: 64, denseDropout: 0.5 },
  reportParameters: 277_768,
  build,
};

function build({ shape: [chunks, bands, frames], labels, seed }: ModelInput, options: CnnOptions): LayersModel {
  if (chunks !== 1) throw new RangeError(`cnn: sees 1 chunk of a clip, not ${chunks}`);
  return sequential({
    name: 'cnn',
    layers: [
      layers.inputLayer({ inputShape: [bands, frames, 1], name: 'features' }),
      ...cnnBodyLayers(options, seed),
      dense('probabilities', labels, seed, 'softmax'),
    ],
  });
}

/** From (bands, frames, 1) to what the output layer sees: (denseUnits). */
export function cnnBodyLayers(options: CnnOptions, seed: number): layers.Layer[] {
  const { denseUnits, denseDropout, normMomentum } = options;
  return [
    ...lflbLayers(options, seed),
    layers.flatten({ name: 'flatten' }),
    dense('dense', denseUnits, seed),
    layers.dropout({ rate: denseDropout, name: 'dense_dropout' }),
    layers.batchNormalization({ momentum: normMomentum, name: 'dense_norm' }),
    layers.activation({ activation: 'relu', name: 'dense_relu' }),
    layers.dropout({ rate: denseDropout, name: 'head_dropout' }),
  ];
}
