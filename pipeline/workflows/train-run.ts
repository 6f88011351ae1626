import type { LayersModel } from '@tensorflow/tfjs-layers';
import { architectureNamed } from '../../models/index.js';
import type { Experiment } from '../experiments/config.js';
import { assertNoRun, createRun, type RunConfig, type RunScores } from '../experiments/run-folder.js';
import { FEATURE_VERSION, type FeatureSpec, featurePresets, firstChunk } from '../features/index.js';
import type { BackendName } from '../training/backends/backend.js';
import { type Choice, openBackend } from '../training/backends/index.js';
import { copyWeights } from '../training/copy-weights.js';
import { freeze } from '../training/freeze.js';
import { assertNoEncoderNeeded, assertSameWindows, copyEncoder, openEncoder, withEncoder } from './encoder.js';
import { assertSameModel, labelsOf, openSource, type Source } from './fine-tuning.js';
import { openData, recordOf } from './open-data.js';
import { inputShape, prepareTraining } from './prepare-training.js';
import type { Reporter } from './reporter.js';
import { mayHaveTrainedOnTests, runTraining } from './run-training.js';
import { openUnlabelled } from './unlabelled.js';
import { versions } from './versions.js';

export type { RunScores };

export interface TrainRunOptions {
  data: string;
  experiment: Experiment;
  /** The preset's name, for the record. */
  preset: string;
  /** The run folder to make. */
  folder: string;
  /** A run whose model is trained further, on this data. */
  from?: string;
  /** The run of an autoencoder, whose encoder a hybrid holds. */
  encoder?: string;
  /** DATA that an autoencoder learns from besides; labels are not asked for. */
  unlabelled?: readonly string[];
  cache: string;
  backend: BackendName | 'auto';
  skipBad: boolean;
  reporter: Reporter;
  signal?: AbortSignal;
}

/**
 * Trains a model by a protocol and leaves a run folder: corpus → split → features → normalisation fitted on the training
 * side → training → the kept epoch's weights → its score on the test side, which nothing before has seen.
 *
 * With `from` it begins with the weights of another run, whose features and normalisation it keeps: with its head too
 * where the labels are the same, with a new head otherwise. With `encoder` it holds that encoder, frozen, and keeps its
 * normalisation.
 */
export async function trainRun(options: TrainRunOptions): Promise<RunScores> {
  const { data, folder, reporter, signal } = options;
  assertNoRun(folder); // before the long work, not after it
  const encoder = options.encoder === undefined ? undefined : await openEncoder(options.encoder);
  const experiment = encoder ? withEncoder(options.experiment, encoder) : options.experiment;
  if (!encoder && options.from === undefined) assertNoEncoderNeeded(experiment);
  const source = options.from === undefined ? undefined : await openSource(options.from);
  if (source) assertSameModel(source, experiment);
  else if (experiment.freeze !== 'none')
    throw new RangeError('freeze: there is nothing trained to keep; supported: with --from RUN');
  const corpus = await openData(data, options.skipBad, reporter);
  const spec = source?.config.featureSpec ?? specOf(experiment);
  const { labels, same } = source ? labelsOf(source, corpus.labels) : { labels: corpus.labels, same: false };
  if (encoder) assertSameWindows(spec, encoder);
  const normalisation = (source ?? encoder)?.config.normalisation;
  const { corpora: unlabelled, record } = await openUnlabelled(
    options.unlabelled ?? [],
    experiment,
    options.skipBad,
    reporter,
  );
  const prepared = await prepareTraining(corpus, { ...options, experiment, spec, labels, normalisation, unlabelled });

  const { name: backend, device } = await openTrainingBackend(options.backend, experiment, reporter);
  const config: RunConfig = {
    experiment,
    preset: options.preset,
    data,
    corpus: { ...recordOf(corpus), labels: [...labels] },
    featureSpec: spec,
    featureVersion: FEATURE_VERSION,
    normalisation: prepared.normalisation,
    backend,
    device: device.name,
    versions: await versions(),
    started: new Date().toISOString(),
    from: source?.from,
    encoder: encoder?.from ?? source?.config.encoder,
    unlabelled: record,
    resumed: [],
  };
  const model = buildModel(config);
  if (source) beginWith(model, source, same, config, reporter);
  if (encoder) beginWithEncoder(model, encoder, config, reporter);
  await createRun(folder, config);
  return runTraining({ folder, config, prepared, model, reporter, signal });
}

/** The features that an experiment's model sees. */
export function specOf({ model, features }: Experiment): FeatureSpec {
  const preset = featurePresets[features];
  return architectureNamed(model).chunks === 'first' ? firstChunk(preset) : preset;
}

export async function openTrainingBackend(
  name: BackendName | 'auto',
  { model, deterministic }: Experiment,
  reporter: Reporter,
): Promise<Pick<Choice, 'name' | 'device'>> {
  const backend = await openBackend(name, { deterministic });
  for (const { backend: other, reason } of backend.passedOver) reporter.line(`not ${other}: ${reason}`);
  reporter.line(`training ${model} on ${backend.name}, ${backend.device.name}: ${backend.reason}`);
  return backend;
}

/** The model of a run with its initial weights, frozen where the experiment says so. */
export function buildModel({ experiment, featureSpec, corpus }: RunConfig): LayersModel {
  const model = architectureNamed(experiment.model).build(
    { shape: inputShape(experiment, featureSpec), labels: corpus.labels.length, seed: experiment.seed },
    experiment.modelOptions,
  );
  freeze(model, experiment.freeze);
  return model;
}

/** Puts the weights of another run into a model, and says what comes of it. */
export function beginWith(
  model: LayersModel,
  source: Source,
  head: boolean,
  config: RunConfig,
  reporter: Reporter,
): void {
  const { run } = source.from;
  copyWeights(model, source.artifacts, head);
  reporter.line(
    `begins with ${run}, ${head ? 'its head too: the labels are the same' : 'with a new head: the labels are others'}`,
  );
  sayWhetherItLeaks(run, config, reporter);
}

/** Puts a trained encoder into a hybrid, and says what comes of it. */
export function beginWithEncoder(model: LayersModel, encoder: Source, config: RunConfig, reporter: Reporter): void {
  const { run } = encoder.from;
  copyEncoder(model, encoder);
  reporter.line(`holds the encoder of ${run}, frozen`);
  sayWhetherItLeaks(run, config, reporter);
}

function sayWhetherItLeaks(run: string, config: RunConfig, reporter: Reporter): void {
  if (mayHaveTrainedOnTests(config))
    reporter.line(`${run} was trained on ${config.corpus.name} in another split: it may know the test side (leaks)`);
}
