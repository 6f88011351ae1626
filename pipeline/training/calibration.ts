import { indexOfLargest } from './metrics.js';

/** Bins of confidence, equally wide, as is usual for the expected calibration error. */
export const calibrationBins = 15;

/** Temperatures that are looked at: beyond them a few clips decide, or none do. */
const coolest = 0.1;
const hottest = 10;

/** The smallest probability whose logarithm is taken: the smallest normal float32. */
const leastProbability = 2 ** -126;

/** One bin of a reliability table: answers of about the same confidence. */
export interface ReliabilityBin {
  /** Confidences above `from` up to `to`. */
  from: number;
  to: number;
  examples: number;
  /** Mean of their largest probabilities. */
  confidence: number;
  /** Share of right ones. */
  accuracy: number;
}

export interface Reliability {
  /**
   * Expected calibration error, 0…1: Σ over bins of share · |accuracy − mean confidence|, of the largest probability
   * (Naeini et al. 2015, Guo et al. 2017).
   */
  ece: number;
  /** Mean over examples of Σ over labels of (p − truth)², 0…2 (Brier 1950). */
  brier: number;
  /** Those that hold answers. */
  bins: ReliabilityBin[];
}

/**
 * How far a model's probabilities can be believed: those who were answered with 80 % should be right in 80 of 100 cases.
 *
 * @param probabilities (examples, labels), rows that sum to 1
 * @param truth the true label's index of each example
 */
export function reliability(probabilities: Float32Array, truth: ArrayLike<number>, labels: number): Reliability {
  const sums = Array.from({ length: calibrationBins }, () => ({ examples: 0, confidence: 0, right: 0 }));
  let brier = 0;
  const answers = answersOf(probabilities, truth, labels);
  for (const [i, { confidence, right }] of answers.entries()) {
    const bin = sums[Math.min(calibrationBins - 1, Math.max(0, Math.ceil(confidence * calibrationBins) - 1))];
    bin.examples++;
    bin.confidence += confidence;
    bin.right += Number(right);
    for (let label = 0; label < labels; label++)
      brier += (probabilities[i * labels + label] - Number(label === truth[i])) ** 2;
  }
  const bins = sums
    .map(({ examples, confidence, right }, i) => ({
      ...{ from: i / calibrationBins, to: (i + 1) / calibrationBins, examples },
      ...{ confidence: confidence / examples, accuracy: right / examples },
    }))
    .filter(({ examples }) => examples > 0);
  const gaps = sums.map(({ confidence, right }) => Math.abs(right - confidence));
  const count = answers.length;
  return { ece: gaps.reduce((a, b) => a + b) / count, brier: brier / count, bins };
}

/** Probabilities at another temperature: softmax(log p / T), which is softmax(logits / T) without the logits. */
export function atTemperature(probabilities: Float32Array, temperature: number, labels: number): Float32Array {
  if (temperature === 1) return probabilities;
  const scaled = new Float32Array(probabilities.length);
  for (let start = 0; start < probabilities.length; start += labels) {
    const logits = logarithms(probabilities.subarray(start, start + labels));
    const largest = Math.max(...logits);
    const powers = logits.map((logit) => Math.exp((logit - largest) / temperature));
    const sum = powers.reduce((a, b) => a + b);
    scaled.set(
      powers.map((power) => power / sum),
      start,
    );
  }
  return scaled;
}

/**
 * The temperature at which the probabilities of clips that a model did not learn from have the least cross-entropy (Guo
 * et al. 2017, "On Calibration of Modern Neural Networks"). In β = 1 / T the cross-entropy is convex, so its slope, the
 * mean of Σ p·z − z(truth) over logits z, is bisected.
 *
 * @returns undefined where the least is not between 0.1 and 10: where every answer is right, any sharper one is better, and
 *   where the answers say nothing of the truth, any flatter one
 */
export function fitTemperature(
  probabilities: Float32Array,
  truth: ArrayLike<number>,
  labels: number,
): number | undefined {
  const rows = Array.from(truth, (_, i) => logarithms(probabilities.subarray(i * labels, (i + 1) * labels)));
  let low = 1 / hottest;
  let high = 1 / coolest;
  if (!(slope(rows, truth, low) < 0 && slope(rows, truth, high) > 0)) return undefined;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (slope(rows, truth, middle) < 0) low = middle;
    else high = middle;
  }
  return 2 / (low + high);
}

/** Of the summed cross-entropy by β. */
function slope(rows: readonly number[][], truth: ArrayLike<number>, beta: number): number {
  let sum = 0;
  for (const [i, logits] of rows.entries()) {
    const largest = Math.max(...logits);
    const powers = logits.map((logit) => Math.exp(beta * (logit - largest)));
    const total = powers.reduce((a, b) => a + b);
    sum += powers.reduce((mean, power, label) => mean + (power / total) * logits[label], 0) - logits[truth[i]];
  }
  return sum;
}

const logarithms = (row: Float32Array): number[] => Array.from(row, (p) => Math.log(Math.max(p, leastProbability)));

/** Of the answers that are called sure, so many are to be right. */
export const sureAccuracy = 0.8;

/**
 * The confidence below which an answer is called unsure: the smallest at which four in five of the remaining answers are
 * right, on clips that the model did not learn from; halfway between two answers, so that rounding moves neither. 0 where that many of all answers are right; 1, so that all but
 * certain answers are unsure, where no confidence is enough.
 */
export function fitUnsureBelow(probabilities: Float32Array, truth: ArrayLike<number>, labels: number): number {
  const answers = answersOf(probabilities, truth, labels).sort((a, b) => b.confidence - a.confidence);
  let threshold = 1;
  let right = 0;
  for (const [i, answer] of answers.entries()) {
    right += Number(answer.right);
    const next = answers[i + 1];
    if (next?.confidence === answer.confidence) continue; // equal ones are sure or unsure together
    if (right / (i + 1) >= sureAccuracy) threshold = next ? (answer.confidence + next.confidence) / 2 : 0;
  }
  return threshold;
}

export interface Sureness {
  /** Share of answers that are not unsure. */
  coverage: number;
  /** Share of right ones among those; absent where there are none. */
  accuracy?: number;
}

/** What a threshold comes to: how many answers are sure, and how many of those are right. */
export function sureness(
  probabilities: Float32Array,
  truth: ArrayLike<number>,
  labels: number,
  unsureBelow: number,
): Sureness {
  const answers = answersOf(probabilities, truth, labels);
  const sure = answers.filter(({ confidence }) => confidence >= unsureBelow);
  const right = sure.filter((answer) => answer.right).length;
  return { coverage: sure.length / answers.length, ...(sure.length > 0 && { accuracy: right / sure.length }) };
}

function answersOf(probabilities: Float32Array, truth: ArrayLike<number>, labels: number) {
  return Array.from(truth, (label, i) => {
    const row = probabilities.subarray(i * labels, (i + 1) * labels);
    const answer = indexOfLargest(row);
    return { confidence: row[answer], right: answer === label };
  });
}
