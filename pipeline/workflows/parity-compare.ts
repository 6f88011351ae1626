import { indexOfLargest } from '../training/metrics.js';

/**
 * Largest difference of a probability that still counts as the same prediction, on the CPU and in WebAssembly. Seen on
 * RAVDESS: docs/parity.md.
 */
export const PARITY_TOLERANCE = 1e-5;

/**
 * The same of a file that takes a waveform, whose features differ from Meyda's by up to 1.4e-5. Seen: 6.6e-7 (the report's CNN on
 * 300 clips of RAVDESS), 2.1e-7 (the demo's model on 105 synthetic ones).
 */
export const WAVEFORM_TOLERANCE = 2e-5;

/** The same on a GPU, whose kernels add in another order and compute exponentials of their own. Seen: docs/parity.md. */
export const GPU_TOLERANCE = 1e-3;

/** What one way of computing gave for all clips. */
export interface Predictions {
  probabilities: Float32Array; // (clips, labels)
  attention?: Float32Array; // (clips, chunks)
}

/** How far two ways of computing are apart. */
export interface Difference {
  clips: number;
  sameLabel: number;
  /** Clips with another label whose label was decided. */
  otherLabel: string[];
  /** Clips whose two best probabilities are closer than twice the tolerance: no label is asked of them. */
  undecided: string[];
  /** Largest |Δp| over all clips and labels; NaN where a value is none. */
  largestDifference: number;
  /** Largest difference of a chunk's weight; absent where the model has no attention. */
  largestAttentionDifference?: number;
}

/**
 * Holds two sets of predictions against each other.
 *
 * @param names of the clips
 * @param labels how many there are
 */
export function compare(
  expected: Predictions,
  actual: Predictions,
  names: readonly string[],
  labels: number,
  tolerance = PARITY_TOLERANCE,
): Difference {
  const otherLabel: string[] = [];
  const undecided: string[] = [];
  let sameLabel = 0;
  names.forEach((name, clip) => {
    const one = expected.probabilities.subarray(clip * labels, (clip + 1) * labels);
    const other = actual.probabilities.subarray(clip * labels, (clip + 1) * labels);
    const [best, second] = [...one].sort((a, b) => b - a);
    const decided = best - second > 2 * tolerance;
    if (!decided) undecided.push(name);
    if (indexOfLargest(one) === indexOfLargest(other)) sameLabel++;
    else if (decided) otherLabel.push(name);
  });
  const { attention: expectedAttention } = expected;
  return {
    clips: names.length,
    sameLabel,
    otherLabel,
    undecided,
    largestDifference: largestDifference(expected.probabilities, actual.probabilities),
    ...(expectedAttention &&
      actual.attention && { largestAttentionDifference: largestDifference(expectedAttention, actual.attention) }),
  };
}

/** The same label on every clip that is decided, no probability and no weight further apart than the tolerance. */
export const isWithin = (
  { otherLabel, largestDifference, largestAttentionDifference = 0 }: Difference,
  tolerance: number,
): boolean => otherLabel.length === 0 && largestDifference <= tolerance && largestAttentionDifference <= tolerance;

/** NaN where one of the values is, or where one of the arrays is shorter. */
function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.NaN;
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0);
}
