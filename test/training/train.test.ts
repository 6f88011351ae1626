import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { openBackend } from '../../pipeline/training/backends/index.js';
import { predictDataset } from '../../pipeline/training/predict.js';
import { type EpochMetrics, type StepProgress, type TrainingOptions, train } from '../../pipeline/training/train.js';
import { describeWith } from '../support/needs.js';
import { narrowCnn, stripes } from './toy.js';

const learning = { epochs: 8, batchSize: 16, learningRate: 0.01, seed: 5 } satisfies TrainingOptions;
const known = stripes(97, 'known');
const unknown = stripes(60, 'unknown');

/** What a run is apart from how long it took. */
const withoutSeconds = (history: EpochMetrics[]) => history.map(({ seconds: _, ...metrics }) => metrics);

function contract() {
  test('learns what can be told apart, and is tested on examples it never saw', async () => {
    const history = await train(narrowCnn(1), known, unknown, learning);
    expect(history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const [first, last] = [history[0], history[history.length - 1]];
    expect(last.loss).toBeLessThan(first.loss / 2);
    expect(last.watched.uar).toBeGreaterThan(0.95);
    expect(last.watched.uar).toBeGreaterThan(first.watched.uar);
  });

  test('numbers that stop being finite are an error that says what to try', async () => {
    const spoilt = { ...known, features: known.features.map((values) => values.map(() => Number.NaN)) };
    // On wasm the loss stays finite and the weights do not.
    const message = /^the (loss became NaN|weights became NaN or infinite) in epoch 1; try a lower learningRate$/;
    await expect(train(narrowCnn(1), spoilt, unknown, learning)).rejects.toThrow(message);
    const steep = { ...learning, learningRate: 1e39 };
    await expect(train(narrowCnn(1), known, unknown, steep)).rejects.toThrow(message);
  });

  test('a seed gives the same run twice, another seed another', async () => {
    const short = { ...learning, epochs: 2 };
    const run = async (model: number, order: number) =>
      withoutSeconds(await train(narrowCnn(model), known, unknown, { ...short, seed: order }));
    const first = await run(1, 5);
    expect(await run(1, 5)).toEqual(first);
    expect(await run(1, 6)).not.toEqual(first);
    expect(await run(2, 5)).not.toEqual(first);
  });
}

describe('training on wasm', () => {
  beforeAll(async () => {
    await openBackend('wasm');
  });

  contract();

  test('is told each step and epoch; a single example left over is no batch', async () => {
    const steps: StepProgress[] = [];
    const epochs: number[] = [];
    // 97 examples in batches of 16: six, and one example that batch normalisation could not learn from.
    await train(narrowCnn(1), known, unknown, {
      ...learning,
      epochs: 2,
      onStep: (progress) => steps.push(progress),
      onEpoch: ({ epoch }) => void epochs.push(epoch),
    });
    expect(steps.map(({ epoch, step }) => `${epoch}.${step}`).join(' ')).toBe(
      '1.1 1.2 1.3 1.4 1.5 1.6 2.1 2.2 2.3 2.4 2.5 2.6',
    );
    expect(steps.every(({ steps: count }) => count === 6)).toBe(true);
    expect(epochs).toEqual([1, 2]);
  });

  test("an epoch's loss is the mean of its steps", async () => {
    const losses: number[] = [];
    const [epoch] = await train(narrowCnn(1), known, unknown, {
      ...learning,
      epochs: 1,
      onStep: ({ loss }) => losses.push(loss),
    });
    expect(epoch.loss).toBeCloseTo(losses.reduce((a, b) => a + b) / losses.length, 10);
  });

  test('begins no epoch that could not be ended in its minutes', async () => {
    const history = await train(narrowCnn(1), known, unknown, { ...learning, epochs: 50, maxMinutes: 1e-9 });
    expect(history).toHaveLength(1);
  });

  test('ends at once when its signal asks, and leaves no tensors behind', async () => {
    const stop = new AbortController();
    let steps = 0;
    const model = narrowCnn(1);
    await train(model, known, unknown, { ...learning, epochs: 1 });
    const before = tf.memory().numTensors;
    const run = train(model, known, unknown, {
      ...learning,
      signal: stop.signal,
      onStep: () => {
        if (++steps === 3) stop.abort();
      },
    });
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
    expect(steps).toBe(3);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('the last, smaller batch of a prediction is in its place', async () => {
    const model = narrowCnn(1);
    const whole = await predictDataset(model, unknown, 60);
    expect(whole).toHaveLength(60 * 3);
    // Measured 6e-8: another batch size may sum in another order.
    expect(await predictDataset(model, unknown, 16)).toBeAllClose(whole, { absolute: 1e-6 });
  });
});

describeWith('tensorflow', 'training on TensorFlow', () => {
  beforeAll(async () => {
    await openBackend('tensorflow');
  });

  contract();
});

describeWith('webgpu', 'training on WebGPU', () => {
  beforeAll(async () => {
    await openBackend('webgpu');
  });

  contract();
});
