import { randomNormal } from 'd3-random';
import seedrandom from 'seedrandom';
import { type Dataset, modelShape } from '../pipeline/training/dataset.js';

/**
 * Examples of standard normal features, one pattern a label: a network learns them by heart within some steps, so that
 * its loss shows whether it truly learns. The peers make theirs in the same way.
 */
export function noise(shape: readonly [number, number, number], labels: number, examples: number): Dataset {
  const size = shape.reduce((a, b) => a * b, 1);
  const normal = randomNormal.source(seedrandom.alea('bench/features'))();
  const patterns = Array.from({ length: labels }, () => Float32Array.from({ length: size }, normal));
  const truth = Int32Array.from({ length: examples }, (_, i) => i % labels);
  return {
    shape: modelShape(shape),
    features: Array.from(truth, (label) => patterns[label]),
    truth,
    labels: patterns.map((_, label) => `label ${label}`),
  };
}
