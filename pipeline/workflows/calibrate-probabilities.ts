import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { RunCalibration } from '../experiments/run-folder.js';
import { atTemperature, fitTemperature, fitUnsureBelow, reliability } from '../training/calibration.js';
import { score } from '../training/metrics.js';
import { predictDataset } from '../training/predict.js';
import type { Prepared } from './prepare-training.js';

/** Speakers that the belief in no temperature weighs as much as. */
const PRIOR_SPEAKERS = 2;

/**
 * The temperature of a trained recogniser, and the confidence below which it is unsure, both from the validation speakers,
 * who chose the epoch and whom it did not learn from; of no speaker that is tested.
 *
 * Deviation from Guo et al. 2017, whose validation side is a sample of what is tested: ours is a few speakers, and
 * temperatures differ between speakers. So the logarithm of the fitted one is taken n / (n + 2) of the way from 0, n being
 * the speakers: half for two. (Seen: fitted to two speakers of RAVDESS, the whole way raised the cross-entropy of two runs
 * of four on the others.)
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
  const speakers = new Set(split.validation.map(({ clip }) => clip.speaker));
  const temperature = (found ?? 1) ** (speakers.size / (speakers.size + PRIOR_SPEAKERS));
  const after = atTemperature(before, temperature, labels.length);
  const lossOf = (probabilities: Float32Array) => score(probabilities, truth, labels).loss;
  const eceOf = (probabilities: Float32Array) => reliability(probabilities, truth, labels.length).ece;
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
