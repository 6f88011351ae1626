import { join } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { architectureNamed } from '../../models/index.js';
import { type PredictionRow, writePredictions } from '../experiments/predictions.js';
import {
  type RunCalibration,
  type RunConfig,
  type RunScores,
  writeMetrics,
  writeScores,
} from '../experiments/run-folder.js';
import { batchesFromFiles } from '../training/batches/batches-from-files.js';
import { atTemperature } from '../training/calibration.js';
import type { Checkpoint } from '../training/checkpoint.js';
import { balancedWeights } from '../training/loss.js';
import { indexOfLargest, score } from '../training/metrics.js';
import { saveModel } from '../training/model-folder.js';
import { objectives } from '../training/objective.js';
import { predictDataset } from '../training/predict.js';
import type { EpochMetrics } from '../training/progress.js';
import { epochScalars, openTensorboardLog, tensorboardSupported } from '../training/tensorboard.js';
import { train } from '../training/train.js';
import { calibrateProbabilities } from './calibrate-probabilities.js';
import { earlierOf } from './fine-tuning.js';
import type { Prepared } from './prepare-training.js';
import type { Reporter } from './reporter.js';
import { isOfCorpus, sameTestSide } from './test-side.js';
import { trainingProgress } from './training-progress.js';

export interface RunTrainingOptions {
  /** The run folder, which has its config. */
  folder: string;
  config: RunConfig;
  prepared: Prepared;
  /** As it is before the first step, or before the checkpoint's weights are put into it. */
  model: LayersModel;
  resume?: Checkpoint;
  reporter: Reporter;
  signal?: AbortSignal;
}

export const checkpointFolder = (folder: string): string => join(folder, 'checkpoint');

/**
 * Trains the model of a run, or goes on with it, and ends the run: the kept epoch's weights, and their score on the test
 * side, which nothing before has seen. The epoch kept is the best on validation speakers, or the last where there are none.
 */
export async function runTraining(options: RunTrainingOptions): Promise<RunScores> {
  const { folder, config, prepared, model, resume, reporter, signal } = options;
  const { experiment } = config;
  const source = await batchesFromFiles(prepared.train, experiment);
  const history: EpochMetrics[] = [...(resume?.progress.history ?? [])];
  if (resume) await writeMetrics(folder, history); // it may have been an epoch ahead of the checkpoint
  const progress = trainingProgress(reporter, experiment, history);
  const tensorboard = tensorboardSupported() ? await openTensorboardLog(join(folder, 'tensorboard')) : undefined;
  const { task } = architectureNamed(experiment.model);
  const { keptEpoch, endedBy } = await train(model, source, prepared.watched, {
    ...experiment,
    task,
    maxMinutes: experiment.minutes,
    classWeights: experiment.classWeights === 'balanced' ? balancedWeights(source.counts) : undefined,
    keep: prepared.split.validation.length > 0 ? 'best' : 'last',
    checkpointFolder: checkpointFolder(folder),
    resume,
    signal,
    onStep: progress.step,
    onEpoch: async (metrics, kept) => {
      history.push(metrics);
      await writeMetrics(folder, history);
      tensorboard?.write(metrics.epoch, epochScalars(metrics));
      if (kept) await saveModel(model, join(folder, 'best'));
    },
  })
    .catch((error: Error) => {
      if (error.name === 'AbortError')
        reporter.line(`stopped, and saved: serkit train --resume -o ${folder} goes on at this step`);
      throw error;
    })
    .finally(async () => {
      tensorboard?.close();
      await source.close();
    });
  progress.end();
  if (endedBy !== 'epochs') reporter.line(`ended after epoch ${history.length}, by ${endedBy}`);

  const trainingMinutes = history.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
  const leaks = prepared.split.leaks || mayHaveTrainedOnTests(config);
  const calibration = task === 'recognition' ? await calibrateProbabilities(model, prepared) : undefined;
  const test =
    task === 'recognition' ? await testRecogniser(model, calibration, options) : await testAutoencoder(model, prepared);
  const scores = { leaks, epochs: history.length, keptEpoch, trainingMinutes, calibration, test };
  await saveModel(model, folder);
  await writeScores(folder, scores);
  model.dispose();
  return scores;
}

/** Leaves `predictions.csv` too. */
async function testRecogniser(
  model: LayersModel,
  calibration: RunCalibration | undefined,
  { folder, prepared }: Pick<RunTrainingOptions, 'folder' | 'prepared'>,
): Promise<RunScores['test']> {
  const { test: data } = prepared;
  const raw = await predictDataset(model, data);
  const probabilities = atTemperature(raw, calibration?.temperature ?? 1, data.labels.length);
  const { confusion, ...test } = score(probabilities, data.truth, data.labels);
  await writePredictions(folder, data.labels, predictionRows(prepared, probabilities));
  return {
    ...test,
    confusion: { labels: [...confusion.labels], counts: confusion.counts.map((row) => [...row]) },
  };
}

async function testAutoencoder(model: LayersModel, { test }: Prepared): Promise<RunScores['test']> {
  const { loss } = await objectives.reconstruction.ofExamples(model, test);
  return { examples: test.features.length, loss };
}

function predictionRows({ test: { labels }, testExamples }: Prepared, probabilities: Float32Array): PredictionRow[] {
  return testExamples.map(({ clip, copy }, i) => {
    const row = probabilities.subarray(i * labels.length, (i + 1) * labels.length);
    const { id, speaker, gender, intensity, statement, label } = clip;
    const predicted = labels[indexOfLargest(row)];
    return { clip: id, copy, speaker, gender, intensity, statement, label, predicted, probabilities: [...row] };
  });
}

/** Whether the weights that a run began with may have been trained on its test side. */
export function mayHaveTrainedOnTests(config: RunConfig): boolean {
  const { experiment, corpus } = config;
  const own = { ...experiment, corpus: corpus.name, fingerprint: corpus.fingerprint };
  return earlierOf(config).some((was) => isOfCorpus(was, own) && !sameTestSide(was, own));
}
