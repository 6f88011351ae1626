import type { Example } from '../datasets/index.js';
import { extractExamples } from '../extraction/extract-examples.js';
import { type FeatureSpec, featureShape, type Normalisation, normalise } from '../features/index.js';
import { type Dataset, modelShape } from '../training/dataset.js';
import type { Reporter } from './reporter.js';

/** Examples whose features were extracted, raw; those of bad clips are left out. */
export interface Extracted {
  examples: Example[];
  features: Float32Array[]; // (examples)(chunks, bands, frames)
}

export interface ExtractOptions {
  cache: string;
  seed: number;
  skipBad: boolean;
  signal?: AbortSignal;
  reporter: Reporter;
}

/** Extracts the features of examples, or takes them from the cache, with progress. */
export async function extract(
  examples: readonly Example[],
  spec: FeatureSpec,
  options: ExtractOptions,
): Promise<Extracted> {
  const { cache, seed, skipBad, signal, reporter } = options;
  const { features, bad, notes } = await extractExamples(examples, seed, {
    spec,
    cacheFolder: cache,
    skipBad,
    signal,
    onProgress: (done, total) => reporter.progress('features', done, total),
  });
  for (const note of notes) reporter.line(note);
  for (const { reason } of bad) reporter.line(`skipped ${reason}`); // it begins with the file
  const kept = examples.flatMap((example, i) => (features[i] ? [{ example, values: features[i] }] : []));
  return { examples: kept.map(({ example }) => example), features: kept.map(({ values }) => values) };
}

/** Normalised features with their labels, as training and evaluation take them. */
export function toDataset(
  { examples, features }: Extracted,
  spec: FeatureSpec,
  normalisation: Normalisation,
  labels: readonly string[],
): Dataset {
  const shape = featureShape(spec);
  return {
    shape: modelShape(shape),
    features: features.map((values) => normalise(values, shape, normalisation)),
    truth: Int32Array.from(examples, ({ clip }) => labels.indexOf(clip.label)),
    labels,
  };
}
