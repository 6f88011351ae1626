import { architectureNamed } from '../../models/index.js';
import { type Corpus, type Example, makeSplit, type Split } from '../datasets/index.js';
import type { Experiment } from '../experiments/config.js';
import { readEach } from '../extraction/feature-files.js';
import {
  type FeatureShape,
  type FeatureSpec,
  featureShape,
  firstChunk,
  fitNormalisation,
  type Normalisation,
} from '../features/index.js';
import type { ExampleSet } from '../training/dataset.js';
import { examplesFromFiles, type FileDataset } from '../training/file-dataset.js';
import { type ExtractedFiles, type ExtractOptions, extractFiles, toFileDataset } from './prepare-examples.js';
import type { Reporter } from './reporter.js';
import { splitOf } from './test-side.js';

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
  /** Speech that an autoencoder learns from besides the corpus: all of it is trained on. */
  unlabelled?: readonly Corpus[];
}

/** Corpus → split → features → normalisation. Under `paper` there are no validation speakers: the test side is watched. */
export async function prepareTraining(corpus: Corpus, options: PrepareOptions): Promise<Prepared> {
  const { experiment, spec, reporter, unlabelled = [] } = options;
  const { protocol, fold, seed } = experiment;
  const split = makeSplit(corpus, splitOf(experiment));
  const further = unlabelled.flatMap((speech) => furtherExamples(speech, corpus, reporter));
  const more = further.length > 0 ? ` and ${further.length} without labels` : '';
  reporter.line(
    `${corpus.name}: ${split.train.length} examples to train on${more}, ${split.validation.length} to watch, ` +
      `${split.test.length} to test; protocol ${protocol}${split.leaks ? ' (leaks)' : `, fold ${fold}`}`,
  );
  const learnt = [...split.train, ...further];
  // One pass over the corpus for all three sides, so that a clip is read once.
  const all = await extractFiles([learnt, split.validation, split.test].flat(), spec, { ...options, seed });
  const at = new Map(all.examples.map((example, i) => [example, all.files[i]]));
  const pick = (examples: readonly Example[]): ExtractedFiles => {
    const kept = examples.filter((example) => at.has(example));
    const picked = { examples: kept, files: kept.map((example) => at.get(example)!) };
    return architectureNamed(experiment.model).chunks === 'each' ? eachChunk(picked) : picked;
  };
  const shape = inputShape(experiment, spec);
  const train = pick(learnt);
  const normalisation = options.normalisation ?? fitNormalisation(readEach(train.files, shape), shape);
  const dataset = (side: ExtractedFiles) => toFileDataset(side, shape, normalisation, datasetLabels(options));
  const testSide = pick(split.test);
  const test = examplesFromFiles(dataset(testSide));
  const watched = split.validation.length > 0 ? examplesFromFiles(dataset(pick(split.validation))) : test;
  return { split, normalisation, train: dataset(train), watched, test, testExamples: testSide.examples };
}

/** Unlabelled speech, without the clips that the corpus has too: the split decides about those. */
function furtherExamples({ name, clips }: Corpus, corpus: Corpus, reporter: Reporter): Example[] {
  const known = new Set(corpus.clips.map(({ contentHash }) => contentHash));
  const further = clips.filter(({ contentHash }) => !known.has(contentHash));
  const left = clips.length - further.length;
  if (left > 0) reporter.line(`${name}: ${left} of its clips are in ${corpus.name} too, and are left out`);
  return further.map((clip) => ({ clip, copy: 0 }));
}

/** Of one example, as the model sees it. */
export function inputShape({ model }: Experiment, spec: FeatureSpec): FeatureShape {
  return featureShape(architectureNamed(model).chunks === 'all' ? spec : firstChunk(spec));
}

/** An autoencoder tells nothing apart. */
function datasetLabels({ experiment, labels }: PrepareOptions): readonly string[] {
  return architectureNamed(experiment.model).task === 'reconstruction' ? ['speech'] : labels;
}

/** Every chunk of an example as one of its own. */
function eachChunk({ examples, files }: ExtractedFiles): ExtractedFiles {
  return {
    examples: examples.flatMap((example, i) => files[i].map(() => example)),
    files: files.flatMap((chunks) => chunks.map((chunk) => [chunk])),
  };
}
