import { join } from 'node:path';
import { architectureNamed } from '../../models/index.js';
import { makeSplit } from '../datasets/index.js';
import type { Experiment } from '../experiments/config.js';
import { assertNoRun, createRun, type RunScores, writeMetrics, writeScores } from '../experiments/run-folder.js';
import { FEATURE_VERSION, featurePresets, featureShape, firstChunk, fitNormalisation } from '../features/index.js';
import type { BackendName } from '../training/backends/backend.js';
import { openBackend } from '../training/backends/index.js';
import { score } from '../training/metrics.js';
import { loadModel, saveModel } from '../training/model-folder.js';
import { predictDataset } from '../training/predict.js';
import { type EpochMetrics, train } from '../training/train.js';
import { fingerprintOf, openData } from './open-data.js';
import { extract, toDataset } from './prepare-examples.js';
import { percent, type Reporter } from './reporter.js';
import { versions } from './versions.js';

export interface TrainRunOptions {
  data: string;
  experiment: Experiment;
  /** The preset's name, for the record. */
  preset: string;
  /** The run folder to make. */
  folder: string;
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
 * The epoch kept is the best by UAR on validation speakers. Under `paper` there are none: as in the report the test side
 * is watched, and the last epoch is kept.
 */
export async function trainRun(options: TrainRunOptions): Promise<RunScores> {
  const { data, experiment, folder, reporter, signal } = options;
  const { protocol, fold, seed, copies, validationSpeakers } = experiment;
  assertNoRun(folder); // before the long work, not after it
  const architecture = architectureNamed(experiment.model);
  const corpus = await openData(data, options.skipBad, reporter);
  const preset = featurePresets[experiment.features];
  const spec = architecture.chunks === 'first' ? firstChunk(preset) : preset;

  const split = makeSplit(corpus, { protocol, fold, seed, copies, validationSpeakers });
  const watchedExamples = split.validation.length > 0 ? split.validation : split.test;
  reporter.line(
    `${corpus.name}: ${split.train.length} examples to train on, ${split.validation.length} to watch, ${split.test.length} to test` +
      `; protocol ${protocol}${split.leaks ? ' (leaks)' : `, fold ${fold}`}`,
  );
  // One pass over the corpus for all three sides, so that a clip is read once.
  const sides = [split.train, split.validation, split.test];
  const all = await extract(sides.flat(), spec, { ...options, seed });
  const at = new Map(all.examples.map((example, i) => [example, all.features[i]]));
  const pick = (examples: typeof split.train) => {
    const kept = examples.filter((example) => at.has(example));
    return { examples: kept, features: kept.map((example) => at.get(example)!) };
  };
  const trainSide = pick(split.train);
  const normalisation = fitNormalisation(trainSide.features, featureShape(spec));
  const dataset = (side: ReturnType<typeof pick>) => toDataset(side, spec, normalisation, corpus.labels);

  const backend = await openBackend(options.backend);
  for (const { backend: name, reason } of backend.passedOver) reporter.line(`not ${name}: ${reason}`);
  reporter.line(`training ${architecture.name} on ${backend.name}, ${backend.device.name}: ${backend.reason}`);
  await createRun(folder, {
    experiment,
    preset: options.preset,
    corpus: {
      name: corpus.name,
      labels: [...corpus.labels],
      clips: corpus.clips.length,
      fingerprint: fingerprintOf(corpus),
      licence: corpus.licence,
      attribution: corpus.attribution,
    },
    featureSpec: spec,
    featureVersion: FEATURE_VERSION,
    normalisation,
    backend: backend.name,
    versions: await versions(),
    started: new Date().toISOString(),
  });

  const model = architecture.build(
    { shape: featureShape(spec), labels: corpus.labels.length, seed },
    experiment.modelOptions,
  );
  const history: EpochMetrics[] = [];
  const best = { epoch: 0, uar: -1 };
  const started = performance.now();
  await train(model, dataset(trainSide), dataset(pick(watchedExamples)), {
    ...experiment,
    maxMinutes: experiment.minutes,
    signal,
    onStep: ({ epoch, step, steps, loss }) => {
      const detail = `epoch ${epoch}, step ${step} of ${steps}, loss ${loss.toFixed(3)}${lastEpoch(history)}`;
      const { epochs, minutes } = experiment;
      // What ends training first is what is left: so many steps, or so many seconds.
      const byEpochs = ((epoch - 1) * steps + step) / (epochs * steps);
      const byTime = minutes === undefined ? 0 : (performance.now() - started) / 60_000 / minutes;
      reporter.progress('training', Math.round(1000 * Math.min(Math.max(byEpochs, byTime), 0.999)), 1000, detail);
    },
    onEpoch: async (metrics) => {
      history.push(metrics);
      await writeMetrics(folder, history);
      await saveModel(model, join(folder, 'checkpoint'));
      if (split.validation.length > 0 && metrics.watched.uar <= best.uar) return;
      Object.assign(best, { epoch: metrics.epoch, uar: metrics.watched.uar });
      await saveModel(model, join(folder, 'best'));
    },
  });
  const trainingMinutes = (performance.now() - started) / 60_000;
  reporter.progress('training', 1000, 1000);

  const kept = await loadModel(join(folder, 'best'));
  const testSide = dataset(pick(split.test));
  const test = score(await predictDataset(kept, testSide), testSide.truth, testSide.labels);
  const confusion = { labels: [...test.confusion.labels], counts: test.confusion.counts.map((row) => [...row]) };
  const scores = {
    leaks: split.leaks,
    epochs: history.length,
    keptEpoch: best.epoch,
    trainingMinutes,
    test: { ...test, confusion },
  };
  await saveModel(kept, folder);
  await writeScores(folder, scores);
  model.dispose();
  kept.dispose();
  return scores;
}

function lastEpoch(history: readonly EpochMetrics[]): string {
  const last = history.at(-1);
  return last ? `, watched UAR ${percent(last.watched.uar)}` : '';
}
