import { initializers, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import type { Architecture, ModelInput } from './architecture.js';
import { seededDropout } from './seeded-dropout.js';

/** Options of `cnn`; the lists have one number a block. */
export type CnnOptions = {
  filters: readonly number[];
  /** Side and stride of each block's max pooling. */
  pools: readonly number[];
  dropouts: readonly number[];
  denseUnits: number;
  denseDropout: number;
  /** How much of the moving mean and variance each step keeps, 0…1: the last 1 / (1 − momentum) steps count. */
  normMomentum: number;
};

/**
 * The report's baseline: four local feature learning blocks over one window of the mel spectrogram, then a dense head.
 *
 * Block: Conv2D 3 × 3 same → BatchNorm → ELU → MaxPool same → Dropout. Head: Flatten → Dense 64 → Dropout .5 →
 * BatchNorm → ReLU → Dropout .5 → Dense softmax.
 *
 * Input: (batch, bands, frames, 1), normalised features; the report's is 60 × 216 × 1.
 * Output: (batch, labels), probabilities.
 * Parameters: 277,768 for 60 × 216 and 8 labels.
 *
 * Example: `cnn.build({ shape: [1, 60, 216], labels: 8, seed: 1 }, cnn.defaults)`.
 *
 * Reference: the report, Table 4. Initial weights are Glorot uniform, the library's default. Deviation: batch
 * normalisation's moving averages have momentum 0.9, not the library's 0.99, which lags a hundred steps behind the
 * weights: invisible after the report's 1500 epochs, ruinous after five. `model.normMomentum=0.99` brings it back.
 */
export const cnn: Architecture<CnnOptions> = {
  name: 'cnn',
  purpose: '2D CNN on one window (Table 4 of the report; 277,768 parameters)',
  chunks: 'first',
  defaults: {
    filters: [64, 64, 128, 128],
    pools: [2, 4, 4, 4],
    dropouts: [0.3, 0.3, 0.4, 0.4],
    denseUnits: 64,
    denseDropout: 0.5,
    normMomentum: 0.9,
  },
  reportParameters: 277_768,
  build,
};

function build({ shape: [chunks, bands, frames], labels, seed }: ModelInput, options: CnnOptions): LayersModel {
  if (chunks !== 1) throw new RangeError(`cnn: sees 1 chunk of a clip, not ${chunks}`);
  const { filters, pools, dropouts, denseUnits, denseDropout, normMomentum } = options;
  if (pools.length !== filters.length || dropouts.length !== filters.length)
    throw new RangeError(`cnn: filters, pools and dropouts must be equally long, one number a block`);

  const glorot = (name: string) => initializers.glorotUniform({ seed: seedOf(seed, name) });
  const model = sequential({ name: 'cnn' });
  model.add(layers.inputLayer({ inputShape: [bands, frames, 1], name: 'features' }));
  filters.forEach((count, i) => {
    const block = `lflb${i + 1}`;
    const conv = `${block}_conv`;
    model.add(
      layers.conv2d({ filters: count, kernelSize: 3, padding: 'same', kernelInitializer: glorot(conv), name: conv }),
    );
    model.add(layers.batchNormalization({ momentum: normMomentum, name: `${block}_norm` }));
    model.add(layers.maxPooling2d({ poolSize: pools[i], strides: pools[i], padding: 'same', name: `${block}_pool` }));
    model.add(layers.activation({ activation: 'elu', name: `${block}_elu` }));
    model.add(seededDropout({ rate: dropouts[i], seed, name: `${block}_dropout` }));
  });
  model.add(layers.flatten({ name: 'flatten' }));
  model.add(layers.dense({ units: denseUnits, kernelInitializer: glorot('dense'), name: 'dense' }));
  model.add(seededDropout({ rate: denseDropout, seed, name: 'dense_dropout' }));
  model.add(layers.batchNormalization({ momentum: normMomentum, name: 'dense_norm' }));
  model.add(layers.activation({ activation: 'relu', name: 'dense_relu' }));
  model.add(seededDropout({ rate: denseDropout, seed, name: 'head_dropout' }));
  model.add(
    layers.dense({
      units: labels,
      activation: 'softmax',
      kernelInitializer: glorot('probabilities'),
      name: 'probabilities',
    }),
  );
  return model;
}

/** A seed for each layer out of the model's one: layers of equal shape start from different weights. */
function seedOf(seed: number, name: string): number {
  let hash = seed | 0;
  for (const character of name) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0;
  return hash >>> 0;
}
