import { type FeatureFiles, readFeatures } from '../extraction/feature-files.js';
import { type FeatureShape, type Normalisation, normalise } from '../features/index.js';
import type { ExampleSet } from './dataset.js';

/** Labelled examples whose features lie in cache files, raw. Plain data: it crosses to worker threads. */
export interface FileDataset extends Omit<ExampleSet, 'features'> {
  files: readonly FeatureFiles[]; // (examples)
  featureShape: FeatureShape;
  normalisation: Normalisation;
}

/** The examples with their normalised features, each read anew when asked for. */
export function examplesFromFiles({ files, featureShape, normalisation, ...rest }: FileDataset): ExampleSet {
  const at = (i: number) => files[i] && normalise(readFeatures(files[i], featureShape), featureShape, normalisation);
  return { ...rest, features: { length: files.length, at } };
}
