import { initializers, layers } from '@tensorflow/tfjs-layers';

/** Options of a stack of local feature learning blocks; the lists have one number a block. */
export type LflbOptions = {
  filters: readonly number[];
  /** Side and stride of each block's max pooling. */
  pools: readonly number[];
  dropouts: readonly number[];
  /** How much of the moving mean and variance each step keeps, 0…1: the last 1 / (1 − momentum) steps count. */
  normMomentum: number;
};

/** The report's four blocks (Table 4). */
export const lflbDefaults = {
  filters: [64, 64, 128, 128],
  pools: [2, 4, 4, 4],
  dropouts: [0.3, 0.3, 0.4, 0.4],
  normMomentum: 0.9,
} satisfies LflbOptions;

/**
 * The layers of local feature learning blocks over (bands, frames, 1): Conv2D 3 × 3 same → BatchNorm → MaxPool same → ELU
 * → Dropout each.
 *
 * Deviations: the report takes ELU before MaxPool. ELU is monotone, so the largest of its values is its value of the
 * largest: the order changes no number, and a pool of 4 × 4 leaves it a sixteenth of the work. Batch normalisation's
 * moving averages have momentum 0.9, not the library's 0.99, which lags a hundred steps behind the weights: invisible
 * after the report's 1500 epochs, ruinous after five; `model.normMomentum=0.99` brings it back.
 *
 * @throws RangeError where the lists are not equally long
 */
export function lflbLayers(options: LflbOptions, seed: number): layers.Layer[] {
  const { filters, pools, dropouts, normMomentum } = options;
  if (pools.length !== filters.length || dropouts.length !== filters.length)
    throw new RangeError('filters, pools and dropouts must be equally long, one number a block');
  return filters.flatMap((count, i) => {
    const block = `lflb${i + 1}`;
    const conv = `${block}_conv`;
    return [
      layers.conv2d({
        filters: count,
        kernelSize: 3,
        padding: 'same',
        kernelInitializer: glorot(seed, conv),
        name: conv,
      }),
      layers.batchNormalization({ momentum: normMomentum, name: `${block}_norm` }),
      layers.maxPooling2d({ poolSize: pools[i], strides: pools[i], padding: 'same', name: `${block}_pool` }),
      layers.activation({ activation: 'elu', name: `${block}_elu` }),
      layers.dropout({ rate: dropouts[i], name: `${block}_dropout` }),
    ];
  });
}

/** Glorot uniform, the library's default, seeded by the model's seed and the layer's name: equal shapes start differently. */
export function glorot(seed: number, name: string) {
  let hash = seed | 0;
  for (const character of name) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0;
  return initializers.glorotUniform({ seed: hash >>> 0 });
}
