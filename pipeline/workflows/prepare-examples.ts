import type { Example } from '../datasets/index.js';
import { type Extraction, extractExamples, extractToCache } from '../extraction/extract-examples.js';
import type { FeatureFiles } from '../extraction/feature-files.js';
import { type FeatureShape, type FeatureSpec, featureShape, type Normalisation, normalise } from '../features/index.js';
import { type Dataset, modelShape } from '../training/dataset.js';
import type { FileDataset } from '../training/file-dataset.js';
import type { Reporter } from './reporter.js';

/** Examples whose features were extracted, raw; those of bad clips are left out. */
export interface Extracted {
  examples: Example[];
  features: Float32Array[]; // (examples)(chunks, bands, frames)
}

/** As `Extracted`, with the features left in the cache. */
export interface ExtractedFiles {
  examples: Example[];
  files: FeatureFiles[]; // (examples)(chunks)
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
  const { features, ...report } = await extractExamples(examples, options.seed, extractionOptions(spec, options));
  tell(report, options.reporter);
  const kept = examples.flatMap((example, i) => (features[i] ? [{ example, values: features[i] }] : []));
  return { examples: kept.map(({ example }) => example), features: kept.map(({ values }) => values) };
}

/** As `extract`, for corpora of any size: the features stay in the cache's files. */
export async function extractFiles(
  examples: readonly Example[],
  spec: FeatureSpec,
  options: ExtractOptions,
): Promise<ExtractedFiles> {
  const { files, ...report } = await extractToCache(examples, options.seed, extractionOptions(spec, options));
  tell(report, options.reporter);
  const kept = examples.flatMap((example, i) => (files[i] ? [{ example, paths: files[i] }] : []));
  return { examples: kept.map(({ example }) => example), files: kept.map(({ paths }) => paths) };
}

const extractionOptions = (spec: FeatureSpec, { cache, skipBad, signal, reporter }: ExtractOptions) => ({
  spec,
  cacheFolder: cache,
  skipBad,
  signal,
  onProgress: (done: number, total: number) => reporter.progress('features', done, total),
});

function tell({ notes, bad }: Pick<Extraction, 'notes' | 'bad'>, reporter: Reporter): void {
  for (const note of notes) reporter.line(note);
  for (const { reason } of bad) reporter.line(`skipped ${reason}`); // it begins with the file
}

/** Normalised features with their labels, as evaluation takes them. */
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
    truth: truthOf(examples, labels),
    labels,
  };
}

/** The same in files, as training takes them: normalised when they are read. */
export function toFileDataset(
  { examples, files }: ExtractedFiles,
  shape: FeatureShape,
  normalisation: Normalisation,
  labels: readonly string[],
): FileDataset {
  return {
    shape: modelShape(shape),
    featureShape: shape,
    files,
    normalisation,
    truth: truthOf(examples, labels),
    labels,
  };
}

/** With a single label, every example has it. */
const truthOf = (examples: readonly Example[], labels: readonly string[]) =>
  Int32Array.from(examples, ({ clip }) => (labels.length === 1 ? 0 : labels.indexOf(clip.label)));
