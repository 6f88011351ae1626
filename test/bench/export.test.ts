import { expect, test } from '@jest/globals';
import { largestGap } from '../../bench/answers.js';
import { exportMarkdown } from '../../bench/export-report.js';
import { isRight, type Trial } from '../../bench/export-trial.js';

const numbers = (values: number[], shape = [values.length]) => ({ y: { dtype: 'float32' as const, shape, values } });

test('a gap is a share of the largest number; another shape, a missing output or NaN is no gap but another answer', () => {
  expect(largestGap(numbers([1, -7.5]), numbers([1, -8]))).toBeCloseTo(0.5 / 8, 12);
  expect(largestGap(numbers([Number.NaN]), numbers([Number.NaN]))).toBe(0);
  expect(largestGap(numbers([]), numbers([]))).toBe(0);
  for (const wrong of [numbers([1, Number.NaN]), numbers([1, -8], [2, 1]), {}])
    expect(largestGap(wrong, numbers([1, -8]))).toBe(Number.POSITIVE_INFINITY);
});

test('the page counts right files, and names refusals and wrong answers', () => {
  const right = { nodes: 9, bytes: 2e6, seconds: 0.25, milliseconds: 1.5, gap: { tfjs: 1e-6 } };
  const trials: Trial[] = [
    { model: 'a', format: 'graph-model', serkit: right, tf2onnx: { ...right, gap: { tfjs: 0.6 } } },
    { model: 'b', format: 'graph-model', serkit: right, tf2onnx: { refused: 'no such op' } },
  ];
  expect(trials.map(({ serkit, tf2onnx }) => [isRight(serkit), isRight(tf2onnx!)])).toEqual([
    [true, false],
    [true, false],
  ]);
  const page = exportMarkdown({ command: 'c', date: 'd', machine: 'm', versions: {}, opset: 17, rounds: 1, trials });
  expect(page).toContain('| a | 9 | 2.00 | 0.25 | 1.50 | 1e-6 | – |');
  expect(page).toContain('- serkit: 2 of 2 models exported, run and right.');
  expect(page).toContain('- tf2onnx: 0 of 2 models exported, run and right.');
  expect(page).toContain('- tf2onnx: a: the file runs and gives other answers');
  expect(page).toContain('- tf2onnx: b: no such op');
});
