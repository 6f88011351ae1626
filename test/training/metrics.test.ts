import { describe, expect, test } from '@jest/globals';
import { indexOfLargest, score } from '../../pipeline/training/metrics.js';

const labels = ['calm', 'happy', 'sad'];

/** Rows that give `sure` to the answer and share the rest. */
const answers = (indices: readonly number[], sure = 0.8) =>
  Float32Array.from(indices.flatMap((answer) => labels.map((_, i) => (i === answer ? sure : (1 - sure) / 2))));

describe('scores', () => {
  // Truth: calm ×4, happy ×2, sad ×1. Recalls 3/4, 1/2 and 1.
  const truth = [0, 0, 0, 0, 1, 1, 2];
  const scores = score(answers([0, 0, 0, 2, 1, 0, 2]), truth, labels);

  test('counts, accuracy and unweighted average recall, as worked out by hand', () => {
    expect(scores.examples).toBe(7);
    expect(scores.confusion).toEqual({
      labels,
      counts: [
        [3, 0, 1],
        [1, 1, 0],
        [0, 0, 1],
      ],
    });
    expect(scores.accuracy).toBeCloseTo(5 / 7, 12);
    expect(scores.uar).toBeCloseTo((3 / 4 + 1 / 2 + 1) / 3, 12);
  });

  test('loss is the mean of −ln p(truth)', () => {
    // 0.8 in float32 is off by 1.5e-8 relative.
    expect(scores.loss).toBeCloseTo((-5 * Math.log(0.8) - 2 * Math.log(0.1)) / 7, 7);
  });

  test('a label that does not occur is left out of the average, not counted as 0', () => {
    const { uar, accuracy, confusion } = score(answers([0, 0, 2, 1]), [0, 0, 1, 1], labels);
    expect(uar).toBeCloseTo((1 + 1 / 2) / 2, 12);
    expect(accuracy).toBeCloseTo(3 / 4, 12);
    expect(confusion.counts[2]).toEqual([0, 0, 0]);
  });

  test('always answering the most frequent label has a UAR of chance', () => {
    expect(score(answers([0, 0, 0, 0, 0, 0, 0]), truth, labels).uar).toBeCloseTo(1 / 3, 12);
  });

  test('a probability of 0 gives a large and finite loss', () => {
    expect(score(answers([1], 1), [0], labels).loss).toBeCloseTo(-Math.log(1e-7), 6);
  });
});

test('the first of equal largest values is the answer', () => {
  expect(indexOfLargest([0.2, 0.4, 0.4])).toBe(1);
  expect(indexOfLargest([-3, -1, -2])).toBe(1);
});
