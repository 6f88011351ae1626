import { type Corpus, makeSplit, type Split } from '../datasets/index.js';
import type { Experiment } from '../experiments/config.js';
import { type FeatureSpec, featureShape, fitNormalisation, type Normalisation } from '../features/index.js';
import type { Dataset } from '../training/dataset.js';
import { type Extracted, type ExtractOptions, extract, toDataset } from './prepare-examples.js';

/** What a model is trained, watched and tested on. */
export interface Prepared {
  split: Split;
  normalisation: Normalisation;
  train: Dataset;
  watched: Dataset;
  test: Dataset;
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
  const all = await extract([split.train, split.validation, split.test].flat(), spec, { ...options, seed });
  const at = new Map(all.examples.map((example, i) => [example, all.features[i]]));
  const pick = (examples: Split['train']): Extracted => {
    const kept = examples.filter((example) => at.has(example));
    return { examples: kept, features: kept.map((example) => at.get(example)!) };
  };
  const trainSide = pick(split.train);
  const normalisation = options.normalisation ?? fitNormalisation(trainSide.features, featureShape(spec));
  const dataset = (side: Extracted) => toDataset(side, spec, normalisation, labels);
  const test = dataset(pick(split.test));
  const watched = split.validation.length > 0 ? dataset(pick(split.validation)) : test;
  return { split, normalisation, train: dataset(trainSide), watched, test };
}
