import { describe, expect, test } from '@jest/globals';
import { compare, isWithin } from '../../pipeline/workflows/parity-compare.js';
import { judged, toleranceOf, type Way, waysOfRun } from '../../pipeline/workflows/parity-ways.js';

const predictions = (...values: number[]) => ({ probabilities: Float32Array.from(values) });
const names = ['first', 'second'];

describe('two sets of predictions', () => {
  test('count as one label where the two best are closer than twice the tolerance, and are named', () => {
    const tie = predictions(0.500004, 0.499996, 0.9, 0.1);
    const other = predictions(0.499996, 0.500004, 0.9, 0.1);
    const difference = compare(tie, other, names, 2);
    expect(difference).toMatchObject({ clips: 2, sameLabel: 1, otherLabel: [], undecided: ['first'] });
    expect(difference.largestDifference).toBeCloseTo(8e-6, 7);
    expect(isWithin(difference, 1e-5)).toBe(true);
  });

  test('another label of a decided clip is a failure, whatever the tolerance allows', () => {
    const difference = compare(
      predictions(0.501, 0.499, 0.9, 0.1),
      predictions(0.499, 0.501, 0.9, 0.1),
      names,
      2,
      1e-4,
    );
    expect(difference).toMatchObject({ sameLabel: 1, otherLabel: ['first'], undecided: [] });
    expect(isWithin(difference, 1)).toBe(false);
  });

  test('are not within any tolerance where a value is no number, or one is missing', () => {
    for (const broken of [predictions(0.5, Number.NaN, 0.9, 0.1), predictions(0.5, 0.5)]) {
      const difference = compare(predictions(0.6, 0.4, 0.9, 0.1), broken, names, 2);
      expect(isWithin(difference, 1)).toBe(false);
    }
  });

  test('weights of attention are held to the same tolerance', () => {
    const same = { probabilities: Float32Array.of(0.6, 0.4) };
    const [one, two] = [0.25, 0.2501].map((weight) => ({ ...same, attention: Float32Array.of(weight, 1 - weight) }));
    const difference = compare(one, two, ['first'], 2);
    expect(difference.largestAttentionDifference).toBeCloseTo(1e-4, 6);
    expect([isWithin(difference, 1e-5), isWithin(difference, 2e-4)]).toEqual([false, true]);
  });
});

describe('what is allowed', () => {
  const way: Way = { runtime: 'onnxruntime cpu', input: 'features', precision: 'fp32', gpu: false };
  const wrong = compare(predictions(0.6, 0.4), predictions(0.4, 0.6), ['first'], 2);
  const noNumber = compare(predictions(0.6, 0.4), predictions(0.4, Number.NaN), ['first'], 2);

  test('from features on a processor, from a waveform, on a GPU', () => {
    expect(toleranceOf(way)).toBe(1e-5);
    expect(toleranceOf({ ...way, input: 'waveform' })).toBe(2e-5);
    expect(toleranceOf({ ...way, input: 'waveform', gpu: true })).toBe(1e-3);
    expect(toleranceOf({ ...way, precision: 'int8' })).toBeUndefined();
  });

  test('a smaller precision is told, not judged, unless it gives no number', () => {
    expect(judged(way, wrong).outcome).toBe('failed');
    expect(judged({ ...way, precision: 'fp16' }, wrong)).toMatchObject({ outcome: 'reported', otherLabel: ['first'] });
    expect(judged({ ...way, precision: 'fp16' }, noNumber).outcome).toBe('failed');
  });

  test('all of a run is every input, precision and provider, once', () => {
    const ways = waysOfRun({}).map((each) => `${each.runtime} ${each.input} ${each.precision}`);
    expect([ways.length, new Set(ways).size]).toEqual([18, 18]);
  });
});
