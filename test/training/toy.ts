import type { LayersModel } from '@tensorflow/tfjs-layers';
import { randomNormal } from 'd3-random';
import seedrandom from 'seedrandom';
import { cnn } from '../../models/cnn.js';
import type { Dataset } from '../../pipeline/training/dataset.js';

const labels = ['low', 'middle', 'high'];
const bands = 6;
const frames = 8;

/** Pictures of noise, each with a bright stripe in its label's band: easily told apart, none brighter overall. */
export function stripes(examples: number, seed: string): Dataset {
  const noise = randomNormal.source(seedrandom.alea(`stripes/${seed}`))(0, 1);
  const truth = Int32Array.from({ length: examples }, (_, i) => i % labels.length);
  const features = Array.from(truth, (label) =>
    Float32Array.from({ length: bands * frames }, (_, i) => noise() + (Math.floor(i / frames) === 2 * label ? 2 : 0)),
  );
  return { shape: [bands, frames, 1], features, truth, labels };
}

/** The report's CNN with two narrow blocks, for `stripes`. */
export function narrowCnn(seed: number): LayersModel {
  const options = {
    ...cnn.defaults,
    filters: [8, 8],
    pools: [2, 2],
    dropouts: [0.1, 0.1],
    denseUnits: 16,
    denseDropout: 0.1,
  };
  return cnn.build({ shape: [1, bands, frames], labels: labels.length, seed }, options);
}
