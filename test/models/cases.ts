import { randomNormal } from 'd3-random';
import seedrandom from 'seedrandom';
import { type Architecture, architectureNamed, architectures, type ModelOptions } from '../../models/index.js';
import type { Batch } from '../../pipeline/training/batches/batch-source.js';
import { type Dataset, modelShape } from '../../pipeline/training/dataset.js';

/** What an architecture is built for and with. */
export interface Case {
  title: string;
  shape: readonly [chunks: number, bands: number, frames: number];
  labels: number;
  options: ModelOptions;
}

/** Chunks of a clip that an architecture must be able to see at once. */
export const chunkCounts = (name: string): number[] => (architectureNamed(name).chunks === 'all' ? [1, 2, 3] : [1]);

/** The report's features and 8 labels, with the architecture's defaults. */
export const reportCase = (name: string): Case => ({
  title: "the report's",
  shape: [architectureNamed(name).chunks === 'all' ? 2 : 1, 60, 216],
  labels: 8,
  options: architectureNamed(name).defaults,
});

/** Small versions: of a model that holds an encoder one for each that there is. All have dropout. */
export function smallCases(name: string): Case[] {
  const { holdsEncoder, defaults } = architectureNamed(name);
  const { shape } = reportCase(name);
  const options = small(defaults);
  const variants = holdsEncoder
    ? encoders().flatMap((encoder) => ['last', 'full'].map((states) => ({ ...options, encoder, states })))
    : [options];
  return variants.map((variant) => ({
    title: holdsEncoder ? `${variant.encoder}, states ${variant.states}` : 'narrow layers',
    shape: [shape[0], 12, 20],
    labels: 3,
    options: variant,
  }));
}

const encoders = (): string[] =>
  Object.values(architectures as unknown as Record<string, Architecture>)
    .filter(({ task }) => task === 'reconstruction')
    .map(({ name }) => name);

/** Widths of at most 8, lists of at most two. */
function small(options: ModelOptions): ModelOptions {
  const narrow = (value: number) => Math.min(value, 8);
  const shrunk = Object.entries(options).map(([key, value]) => {
    if (typeof value === 'number') return [key, key === 'dropout' ? 0.2 : narrow(value)];
    return [key, typeof value === 'string' ? value : value.slice(0, 2).map(narrow)];
  });
  return Object.fromEntries(shrunk);
}

/** Features that tell their label by a bright stripe of bands, in every chunk; all of it as one batch. */
export function learnable({ shape: [chunks, bands, frames], labels }: Case): { examples: Dataset; batch: Batch } {
  const count = 24;
  const noise = randomNormal.source(seedrandom.alea('learnable'))(0, 0.3);
  const truth = Int32Array.from({ length: count }, (_, i) => i % labels);
  const features = Array.from(truth, (label) =>
    Float32Array.from({ length: chunks * bands * frames }, (_, i) => {
      const band = Math.floor(i / frames) % bands;
      return noise() + (Math.floor((band * labels) / bands) === label ? 2 : 0);
    }),
  );
  const targets = new Float32Array(count * labels);
  truth.forEach((label, i) => {
    targets[i * labels + label] = 1;
  });
  const size = chunks * bands * frames;
  const together = new Float32Array(count * size);
  for (const [i, values] of features.entries()) together.set(values, i * size);
  return {
    examples: {
      shape: modelShape([chunks, bands, frames]),
      features,
      truth,
      labels: Array.from({ length: labels }, (_, i) => `label ${i}`),
    },
    batch: { examples: count, features: together, targets },
  };
}
