import { describe, expect, test } from '@jest/globals';
import { toOnnx } from '../../../onnx/index.js';
import { artifactsOfCase, type as dtype, fed, ints, type Operand, type Result, runFile, weight } from './op-case.js';

const seed = { seed: { i: '7' }, seed2: { i: '3' } };
const count = 100_000;

async function drawn(
  op: string,
  operands: readonly Operand[],
  attributes: object = seed,
  size = count,
): Promise<Result> {
  const bytes = toOnnx(artifactsOfCase({ op, title: '', operands, attributes: { ...attributes } }));
  const shape = { in0: { type: 'int32' as const, shape: [2], values: [size / 100, 100] } };
  return (await runFile(bytes, shape))[0];
}

const moments = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return {
    mean,
    deviation: Math.sqrt(variance),
    least: values.reduce((a, b) => Math.min(a, b)),
    largest: values.reduce((a, b) => Math.max(a, b)),
  };
};

/** Expected mean, deviation and bounds; known shapes and computed ones. */
const distributions = [
  { op: 'RandomUniform', mean: 0.5, deviation: Math.sqrt(1 / 12), least: 0, largest: 1 },
  { op: 'RandomStandardNormal', mean: 0, deviation: 1, least: -7, largest: 7 },
  { op: 'TruncatedNormal', mean: 0, deviation: 0.879626, least: -2, largest: 2 },
];

describe('random numbers have the distribution of tfjs, not its values', () => {
  for (const { op, mean, deviation, least, largest } of distributions)
    test.each([
      ['a known shape', ints([1000, 100])],
      ['a computed shape', fed([2], 'int32')],
    ])(`${op}, %s`, async (_title, shape) => {
      const { values, shape: sizes } = await drawn(op, [shape]);
      expect(sizes).toEqual([1000, 100]);
      const found = moments(values as number[]);
      expect(Math.abs(found.mean - mean)).toBeLessThan(0.015);
      expect(Math.abs(found.deviation - deviation)).toBeLessThan(0.01);
      expect(found.least).toBeGreaterThanOrEqual(least);
      expect(found.largest).toBeLessThanOrEqual(largest);
    });

  test('TruncatedNormal fills its range as the normal distribution does', async () => {
    const { values } = await drawn('TruncatedNormal', [fed([2], 'int32')]);
    const below = (bound: number) => (values as number[]).filter((value) => value < bound).length / count;
    expect(Math.abs(below(-1) - 0.1424)).toBeLessThan(0.006); // (Φ(−1) − Φ(−2)) / 0.9545
    expect(Math.abs(below(1.5) - 0.9538)).toBeLessThan(0.006);
  });

  test('RandomUniformInt: all whole numbers within its bounds, and none else', async () => {
    const bounds = [fed([2], 'int32'), weight([], 'int32', [-2]), weight([], 'int32', [3])];
    const { values } = await drawn('RandomUniformInt', bounds);
    expect([...new Set(values as number[])].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
  });

  test('Multinomial draws by its logits', async () => {
    const logits = weight([1, 3], 'float32', [0, Math.log(2), Math.log(5)]);
    const bytes = toOnnx(
      artifactsOfCase({
        op: 'Multinomial',
        title: '',
        operands: [logits, ints(10_000)],
        attributes: { ...seed, T: dtype('float32') },
      }),
    );
    const [{ shape, values }] = await runFile(bytes, {});
    expect(shape).toEqual([1, 10_000]);
    const share = (kind: number) => values.filter((value) => value === kind).length / 10_000;
    expect([0, 1, 2].map(share).every((each, i) => Math.abs(each - [1 / 8, 2 / 8, 5 / 8][i]) < 0.03)).toBe(true);
  });

  test('a seed repeats', async () => {
    const once = () => drawn('RandomUniform', [fed([2], 'int32')], seed, 1000);
    expect(await once()).toEqual(await once());
  });
});
