import { describe, expect, test } from '@jest/globals';
import seedrandom from 'seedrandom';
import {
  atTemperature,
  fitTemperature,
  fitUnsureBelow,
  reliability,
  sureness,
} from '../../pipeline/training/calibration.js';
import { score } from '../../pipeline/training/metrics.js';

const labels = 4;

/** Rows of softmax(logits) of normal logits, and labels drawn from softmax(logits / temperature). */
function drawn(examples: number, temperature: number, seed = 'calibration') {
  const random = seedrandom.alea(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const rows = new Float32Array(examples * labels);
  for (let i = 0; i < examples; i++) {
    const powers = Array.from({ length: labels }, () => Math.exp(3 * normal()));
    const sum = powers.reduce((a, b) => a + b);
    rows.set(
      powers.map((power) => power / sum),
      i * labels,
    );
  }
  const drawnFrom = atTemperature(rows, temperature, labels);
  const truth = Array.from({ length: examples }, (_, i) => {
    const row = drawnFrom.subarray(i * labels, (i + 1) * labels);
    const draw = random();
    let upTo = 0;
    for (let label = 0; label < labels - 1; label++) {
      upTo += row[label];
      if (draw < upTo) return label;
    }
    return labels - 1;
  });
  return { rows, truth };
}

const loss = (rows: Float32Array, truth: readonly number[]) =>
  score(rows, truth, ['a', 'b', 'c', 'd'].slice(0, labels)).loss;

describe('expected calibration error', () => {
  test('of one bin by hand: 90 % claimed, 6 of 10 right', () => {
    const rows = Float32Array.from(Array.from({ length: 10 }, () => [0.9, 0.1]).flat());
    const { ece, brier, bins } = reliability(rows, [0, 0, 0, 0, 0, 0, 1, 1, 1, 1], 2);
    expect(ece).toBeCloseTo(0.3, 6);
    expect(brier).toBeCloseTo((6 * 2 * 0.1 ** 2 + 4 * 2 * 0.9 ** 2) / 10, 6);
    expect(bins).toEqual([
      { from: 13 / 15, to: 14 / 15, examples: 10, confidence: expect.closeTo(0.9, 6), accuracy: 0.6 },
    ]);
  });

  test('weighs bins by their answers, and lets claims too high and too low not cancel', () => {
    // Two at 0.95, one right; six at 0.55, all right: 2/8 · 0.45 + 6/8 · 0.45.
    const rows = Float32Array.from([...Array(2).fill([0.95, 0.05]), ...Array(6).fill([0.55, 0.45])].flat());
    expect(reliability(rows, [0, 1, 0, 0, 0, 0, 0, 0], 2).ece).toBeCloseTo(0.45, 6);
  });

  test('a confidence of 1 is in the last bin, all answers are in one', () => {
    const { bins } = reliability(Float32Array.from([1, 0, 0.5, 0.5]), [0, 1], 2);
    expect(bins.map(({ to, examples }) => [to, examples])).toEqual([
      [8 / 15, 1],
      [1, 1],
    ]);
  });

  test('of labels drawn from the probabilities themselves vanishes with their number', () => {
    const { rows, truth } = drawn(20_000, 1);
    // Each bin's gap is a mean of n draws: Σ share · 0.4 / √n over 15 bins is about 0.01.
    expect(reliability(rows, truth, labels).ece).toBeLessThan(0.015);
  });
});

describe('temperature', () => {
  test.each([0.5, 1, 2.5])('%d, by which the labels were drawn, is found, and calibrates', (temperature) => {
    const { rows, truth } = drawn(5000, temperature);
    const found = fitTemperature(rows, truth, labels)!;
    expect(found / temperature).toBeGreaterThan(0.95);
    expect(found / temperature).toBeLessThan(1.05);
    expect(reliability(atTemperature(rows, found, labels), truth, labels).ece).toBeLessThan(0.03);
  });

  test('no other has a lower cross-entropy on what it was fitted on', () => {
    const { rows, truth } = drawn(300, 1.7, 'few');
    const found = fitTemperature(rows, truth, labels)!;
    const least = loss(atTemperature(rows, found, labels), truth);
    for (const factor of [0.5, 0.9, 0.99, 1.01, 1.1, 2])
      expect(loss(atTemperature(rows, found * factor, labels), truth)).toBeGreaterThan(least);
  });

  test('is none where every answer is right, and where the answers say nothing', () => {
    const { rows } = drawn(50, 1);
    const best = Array.from({ length: 50 }, (_, i) => {
      const row = [...rows.subarray(i * labels, (i + 1) * labels)];
      return row.indexOf(Math.max(...row));
    });
    expect(fitTemperature(rows, best, labels)).toBeUndefined();
    const worst = Array.from({ length: 50 }, (_, i) => {
      const row = [...rows.subarray(i * labels, (i + 1) * labels)];
      return row.indexOf(Math.min(...row));
    });
    expect(fitTemperature(rows, worst, labels)).toBeUndefined();
  });

  test('is softmax(logits / T), keeps the order, and 1 changes no bit', () => {
    const logits = [2, -1, 0.5, 1.9];
    const softmax = (values: number[]) => {
      const powers = values.map(Math.exp);
      return powers.map((power) => power / powers.reduce((a, b) => a + b));
    };
    const rows = Float32Array.from(softmax(logits));
    expect(atTemperature(rows, 2.5, labels)).toBeAllClose(softmax(logits.map((z) => z / 2.5)), { absolute: 1e-7 });
    expect(atTemperature(rows, 1, labels)).toBe(rows);
    // What was too small for float32 stays nothing, and no NaN comes of it.
    expect([...atTemperature(Float32Array.from([1, 0, 0, 0]), 2, labels)]).toEqual([
      1,
      ...Array(3).fill(expect.closeTo(0, 15)),
    ]);
  });
});

describe('the threshold of unsure', () => {
  /** Answers of two labels with this confidence, right or wrong. */
  const answers = (...pairs: [confidence: number, right: boolean][]) => ({
    rows: Float32Array.from(pairs.flatMap(([p]) => [p, 1 - p])),
    truth: pairs.map(([, right]) => (right ? 0 : 1)),
  });

  test('is the lowest that leaves four of five right', () => {
    const { rows, truth } = answers([0.95, true], [0.9, false], [0.85, true], [0.8, true], [0.75, true], [0.6, false]);
    // From the top: 1/1, 1/2, 2/3, 3/4, 4/5, 4/6.
    const below = fitUnsureBelow(rows, truth, 2);
    expect(below).toBeCloseTo((0.75 + 0.6) / 2, 6);
    expect(sureness(rows, truth, 2, below)).toEqual({ coverage: 5 / 6, accuracy: 0.8 });
  });

  test('is 0 where that many are right anyway, and 1 where no confidence is enough', () => {
    const good = answers([0.9, true], [0.8, true], [0.7, true], [0.6, true], [0.55, false]);
    expect(fitUnsureBelow(good.rows, good.truth, 2)).toBe(0);
    const bad = answers([0.9, false], [0.8, true]);
    expect(fitUnsureBelow(bad.rows, bad.truth, 2)).toBe(1);
    expect(sureness(bad.rows, bad.truth, 2, 1)).toEqual({ coverage: 0 });
  });

  test('does not part answers of the same confidence', () => {
    const { rows, truth } = answers([0.9, true], [0.9, false], [0.6, false]);
    expect(fitUnsureBelow(rows, truth, 2)).toBe(1);
  });
});
