import { describe, expect, test } from '@jest/globals';
import { shuffler } from 'd3-array';
import seedrandom from 'seedrandom';
import { type Batch, type BatchOptions, batchesInMemory } from '../../pipeline/training/batches/batch-source.js';
import { smoothedTargets } from '../../pipeline/training/batches/make-batch.js';
import { drawMixing, mixRows } from '../../pipeline/training/batches/mixup.js';
import { stripes } from './toy.js';

const data = stripes(97, 'batches');
const plain: BatchOptions = { batchSize: 16, seed: 5 };
const mixed: BatchOptions = { ...plain, labelSmoothing: 0.1, mixup: 0.3, mixupShare: 0.5 };

async function epochOf(options: BatchOptions, epoch: number): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of batchesInMemory(data, options).epoch(epoch)) batches.push(batch);
  return batches;
}

const rowsOf = (values: Float32Array, rows: number) =>
  Array.from({ length: rows }, (_, i) => values.slice((i * values.length) / rows, ((i + 1) * values.length) / rows));

describe('batches', () => {
  test('hold each example once, in an order of seed and epoch; a single one left over is dropped', async () => {
    const batches = await epochOf(plain, 2);
    const order = shuffler(seedrandom.alea('order/5/2'))(Array.from(data.features.keys()));
    expect(batches.map(({ examples }) => examples)).toEqual([16, 16, 16, 16, 16, 16]);
    expect(batchesInMemory(data, plain).steps).toBe(6);
    expect(batches.flatMap(({ features, examples }) => rowsOf(features, examples))).toEqual(
      order.slice(0, 96).map((i) => data.features[i]),
    );
    expect(batches.flatMap(({ targets, examples }) => rowsOf(targets, examples).map((row) => row.indexOf(1)))).toEqual(
      order.slice(0, 96).map((i) => data.truth[i]),
    );
    expect(await epochOf(plain, 3)).not.toEqual(batches);
    expect(await epochOf({ ...plain, seed: 6 }, 2)).not.toEqual(batches);
  });

  test.each([
    [1, 16, [1]], // nothing else to learn from
    [16, 16, [16]],
    [17, 16, [16]],
    [18, 16, [16, 2]],
    [3, 1, [1, 1, 1]],
  ])('of %d examples by %d are %j', async (examples, batchSize, sizes) => {
    const source = batchesInMemory(stripes(examples, 'few'), { batchSize, seed: 1 });
    const batches: Batch[] = [];
    for await (const batch of source.epoch(1)) batches.push(batch);
    expect(batches.map((batch) => batch.examples)).toEqual(sizes);
    expect(source.steps).toBe(sizes.length);
  });

  test('are the same for the same seed and epoch, mixed or not, whatever was asked for before', async () => {
    const source = batchesInMemory(data, mixed);
    const again: Batch[] = [];
    for await (const _ of source.epoch(7)) break;
    for await (const batch of source.epoch(2)) again.push(batch);
    expect(again).toEqual(await epochOf(mixed, 2));
    expect(again).not.toEqual(await epochOf(plain, 2));
  });

  test('count the examples of each label', () => {
    expect(batchesInMemory(data, plain).counts).toEqual([33, 32, 32]);
  });

  test.each([
    [{ batchSize: 0 }, /batchSize 0/],
    [{ batchSize: 1.5 }, /batchSize 1.5/],
    [{ labelSmoothing: 1.1 }, /labelSmoothing 1.1 .*0 to 1/],
    [{ mixup: -0.1 }, /mixup -0.1/],
    [{ mixup: Number.NaN }, /mixup NaN/],
    [{ mixupShare: 2 }, /mixupShare 2/],
  ])('refuse %j', (wrong, message) => {
    expect(() => batchesInMemory(data, { ...plain, ...wrong })).toThrow(message);
  });

  test('of nothing are refused', () => {
    expect(() => batchesInMemory(stripes(0, 'none'), plain)).toThrow(/no examples/);
  });
});

describe('label smoothing', () => {
  test('leaves 1 − ε + ε/n on the label and ε/n on each other', () => {
    const smoothed = smoothedTargets([2, 0], 4, 0.1);
    expect(smoothed).toBeAllClose([0.025, 0.025, 0.925, 0.025, 0.925, 0.025, 0.025, 0.025], { absolute: 1e-7 });
    expect(smoothedTargets([1], 3, 0)).toEqual(Float32Array.of(0, 1, 0));
    expect(smoothedTargets([1], 4, 1)).toEqual(Float32Array.of(0.25, 0.25, 0.25, 0.25));
  });
});

describe('mixup', () => {
  test('gives λ·x + (1 − λ)·partner', () => {
    const rows = Float32Array.of(1, 2, 10, 20, 100, 200);
    const lambda = 0.75;
    expect(mixRows(rows, { lambda, partners: [2, 1, 0] })).toEqual(Float32Array.of(25.75, 51.5, 10, 20, 75.25, 150.5));
    expect(mixRows(rows, { lambda: 1, partners: [2, 1, 0] })).toEqual(rows);
  });

  test('targets still sum to 1, and each batch is the mixing of its plain one', async () => {
    const options = { ...plain, labelSmoothing: 0.1 };
    const [whole, unmixed] = [await epochOf({ ...options, mixup: 0.3 }, 4), await epochOf(options, 4)];
    for (const [i, { features, targets, examples }] of whole.entries()) {
      const mixing = drawMixing(examples, { epoch: 4, step: i + 1 }, { seed: 5, mixup: 0.3 })!;
      expect(features).toEqual(mixRows(unmixed[i].features, mixing));
      expect(targets).toEqual(mixRows(unmixed[i].targets, mixing));
      const sums = rowsOf(targets, examples).map((row) => row.reduce((a, b) => a + b));
      expect(sums).toBeAllClose(new Array(examples).fill(1), { absolute: 1e-6 });
      expect([...mixing.partners].sort((a, b) => a - b)).toEqual(Array.from({ length: examples }, (_, row) => row));
    }
  });

  test('mixes its share of the batches, and draws λ from Beta(α, α)', () => {
    const draw = (mixupShare: number, mixup: number) =>
      Array.from({ length: 4000 }, (_, i) => drawMixing(8, { epoch: 1, step: i }, { seed: 1, mixup, mixupShare }));
    // Four standard deviations of a share of 0.3 over 4000 draws.
    expect([draw(0.3, 0.4).filter(Boolean).length / 4000]).toBeAllClose([0.3], { absolute: 0.029 });
    expect(draw(0, 0.4).filter(Boolean)).toEqual([]);
    expect(draw(1, 0)).toEqual(new Array(4000).fill(undefined));
    for (const alpha of [0.3, 1, 4]) {
      const lambdas = draw(1, alpha).map((mixing) => mixing!.lambda);
      const mean = lambdas.reduce((a, b) => a + b) / lambdas.length;
      const variance = lambdas.reduce((sum, lambda) => sum + (lambda - mean) ** 2, 0) / lambdas.length;
      // Beta(α, α) has mean 1/2 and variance 1 / (4 (2α + 1)); 4000 draws leave 3 % of its deviation, 6 % of its variance.
      const expected = 1 / (4 * (2 * alpha + 1));
      expect([mean]).toBeAllClose([0.5], { absolute: 4 * Math.sqrt(expected / 4000) });
      expect([variance / expected]).toBeAllClose([1], { absolute: 0.1 });
    }
  });
});
