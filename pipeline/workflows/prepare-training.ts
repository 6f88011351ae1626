import { type Corpus, type Example, makeSplit, type Split } from '../datasets/index.js';
import type { Experiment } from '../experiments/config.js';
import { readEach } from '../extraction/feature-files.js';
import { type FeatureSpec, featureShape, fitNormalisation, type Normalisation } from '../features/index.js';
import type { ExampleSet } from '../training/dataset.js';
import { examplesFromFiles, type FileDataset } from '../training/file-dataset.js';
import { type ExtractedFiles, type ExtractOptions, extractFiles, toFileDataset } from './prepare-examples.js';

/** What a model is trained, watched and tested on. */
export interface Prepared {
  split: Split;
  normalisation: Normalisation;
  train: FileDataset;
  watched: ExampleSet;
  test: ExampleSet;
  /** Which example each of `test` is. */
  testExamples: readonly Example[];
}

export interface PrepareOptions extends Omit<ExtractOptions, 'seed'> {
  experiment: Experiment;
  spec: FeatureSpec;
  /** In the order of the model's outputs. */
  labels: readonly string[];
  /** Fitted on the training examples where none is given. */
  normalisation?: Normalisation;
}

/** Corpus → split → features → normalisation. Under `paper` there are no validation speakers: the test side is watched. */
export async function prepareTraining(corpus: Corpus, options: PrepareOptions): Promise<Prepared> {
  const { experiment, spec, labels, reporter } = options;
  const { protocol, fold, seed, copies, validationSpeakers } = experiment;
  const split = makeSplit(corpus, { protocol, fold, seed, copies, validationSpeakers });
  reporter.line(
    `${corpus.name}: ${split.train.length} examples to train on, ${split.validation.length} to watch, ${split.test.length} to test` +
      `; protocol ${protocol}${split.leaks ? ' (leaks)' : `, fold ${fold}`}`,
  );
  // One pass over the corpus for all three sides, so that a clip is read once.
  const all = await extractFiles([split.train, split.validation, split.test].flat(), spec, { ...options, seed });
  const at = new Map(all.examples.map((example, i) => [example, all.files[i]]));
  const pick = (examples: Example[]): ExtractedFiles => {
    const kept = examples.filter((example) => at.has(example));
    return { examples: kept, files: kept.map((example) => at.get(example)!) };
  };
  const shape = featureShape(spec);
  const train = pick(split.train);
  const normalisation = options.normalisation ?? fitNormalisation(readEach(train.files, shape), shape);
  const dataset = (side: ExtractedFiles) => toFileDataset(side, spec, normalisation, labels);
  const testSide = pick(split.test);
  const test = examplesFromFiles(dataset(testSide));
  const watched = split.validation.length > 0 ? examplesFromFiles(dataset(pick(split.validation))) : test;
  return { split, normalisation, train: dataset(train), watched, test, testExamples: testSide.examples };
}
