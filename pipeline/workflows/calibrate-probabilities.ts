import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { RunCalibration } from '../experiments/run-folder.js';
import { atTemperature, fitTemperature, fitUnsureBelow, reliability } from '../training/calibration.js';
import { score } from '../training/metrics.js';
import { predictDataset } from '../training/predict.js';
import type { Prepared } from './prepare-training.js';

/**
 * The temperature of a trained recogniser, and the confidence below which it is unsure, both from the validation speakers,
 * who chose the epoch and whom it did not learn from; of no speaker that is tested.
 *
 * @returns undefined where nobody watched but the test side (`paper`)
 */
export async function calibrateProbabilities(
  model: LayersModel,
  { split, watched }: Pick<Prepared, 'split' | 'watched'>,
): Promise<RunCalibration | undefined> {
  if (split.validation.length === 0) return undefined;
  const { truth, labels } = watched;
  const before = await predictDataset(model, watched);
  const found = fitTemperature(before, truth, labels.length);
  const temperature = found ?? 1;
  const after = atTemperature(before, temperature, labels.length);
  const lossOf = (probabilities: Float32Array) => score(probabilities, truth, labels).loss;
  const eceOf = (probabilities: Float32Array) => reliability(probabilities, truth, labels.length).ece;
  const speakers = new Set(split.validation.map(({ clip }) => clip.speaker));
  return {
    temperature,
    ...(found === undefined && { reason: 'the validation clips have no best temperature between 0.1 and 10' }),
    ...(!speakers.has(undefined) && { speakers: speakers.size }),
    clips: truth.length,
    eceBefore: eceOf(before),
    eceAfter: eceOf(after),
    lossBefore: lossOf(before),
    lossAfter: lossOf(after),
    unsureBelow: fitUnsureBelow(after, truth, labels.length),
  };
}

/** What a run answers: its model's probabilities at the run's temperature. */
export const calibrated = (
  probabilities: Float32Array,
  calibration: RunCalibration | undefined,
  labels: readonly string[],
): Float32Array => atTemperature(probabilities, calibration?.temperature ?? 1, labels.length);
