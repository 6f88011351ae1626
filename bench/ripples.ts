import { randomNormal } from 'd3-random';
import seedrandom from 'seedrandom';
import { type Dataset, modelShape } from '../pipeline/training/dataset.js';

/**
 * Examples of normal noise with a ripple along the frames, faster from label to label: something that can be learnt.
 * The peers make theirs in the same way.
 */
export function ripples(shape: readonly [number, number, number], labels: number, examples: number): Dataset {
  const [chunks, bands, frames] = shape;
  const normal = randomNormal.source(seedrandom.alea('bench/features'))();
  const patterns = Array.from({ length: labels }, (_, label) => {
    const ripple = (frame: number) => 2 * Math.sin((Math.PI * (label + 1) * frame) / (labels + 1));
    return Float32Array.from({ length: chunks * bands * frames }, (_, i) => normal() + ripple(i % frames));
  });
  const truth = Int32Array.from({ length: examples }, (_, i) => i % labels);
  return {
    shape: modelShape(shape),
    features: Array.from(truth, (label) => patterns[label]),
    truth,
    labels: patterns.map((_, label) => `label ${label}`),
  };
}
