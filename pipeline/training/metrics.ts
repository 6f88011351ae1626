/** How often each label was answered for each true one: `counts[truth][answer]`. */
export interface Confusion {
  labels: readonly string[];
  counts: readonly (readonly number[])[]; // (labels, labels)
}

export interface Scores {
  examples: number;
  /** Share of right answers, 0…1. */
  accuracy: number;
  /** Unweighted average recall: the mean of each label's recall, over labels that occur. Chance is 1 / labels. */
  uar: number;
  /** Mean cross-entropy, nats. */
  loss: number;
  confusion: Confusion;
}

/**
 * Scores of probabilities against true labels.
 *
 * @param probabilities (examples, labels), rows that sum to 1
 * @param truth the true label's index of each example
 */
export function score(probabilities: Float32Array, truth: ArrayLike<number>, labels: readonly string[]): Scores {
  const counts = labels.map(() => labels.map(() => 0));
  let loss = 0;
  for (let i = 0; i < truth.length; i++) {
    const row = probabilities.subarray(i * labels.length, (i + 1) * labels.length);
    counts[truth[i]][indexOfLargest(row)]++;
    // The smallest probability that a float32 softmax can be trusted to tell from 0; Keras clips at the same one.
    loss -= Math.log(Math.max(row[truth[i]], 1e-7));
  }
  const right = counts.reduce((sum, row, label) => sum + row[label], 0);
  const recalls = counts.flatMap((row, label) => {
    const total = row.reduce((a, b) => a + b, 0);
    return total === 0 ? [] : [row[label] / total];
  });
  return {
    examples: truth.length,
    accuracy: right / truth.length,
    uar: recalls.reduce((a, b) => a + b, 0) / recalls.length,
    loss: loss / truth.length,
    confusion: { labels, counts },
  };
}

/** The first index of the largest value. */
export function indexOfLargest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}
