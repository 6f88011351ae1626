import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';
import { Adam } from '../../pipeline/training/adam.js';
import { openBackend } from '../../pipeline/training/backends/index.js';
import { batchesInMemory } from '../../pipeline/training/batches/batch-source.js';
import { FlatWeights } from '../../pipeline/training/flat-weights.js';
import { Learner, type LearnerOptions } from '../../pipeline/training/learner.js';
import { narrowCnn, stripes } from './toy.js';

beforeAll(async () => {
  await openBackend('wasm');
});

let tensorsBefore: number;
beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  tf.disposeVariables();
});

const source = batchesInMemory(stripes(64, 'adam'), { batchSize: 16, seed: 3 });
const epochs = [1, 2, 3, 4, 5]; // of 4 batches

async function learn(options: LearnerOptions, rate = 0.01): Promise<Learner> {
  const learner = new Learner(narrowCnn(1), options);
  let update = 0;
  for (const epoch of epochs) for await (const batch of source.epoch(epoch)) await learner.step(batch, rate, ++update);
  return learner;
}

describe('the step', () => {
  // Without normalisation: before it the gradient of a bias is 0 but for rounding, which Adam blows up to a whole step.
  const plainNetwork = () =>
    sequential({
      layers: [
        layers.conv2d({ inputShape: [6, 8, 1], filters: 4, kernelSize: 3, kernelInitializer: glorot() }),
        layers.activation({ activation: 'elu' }),
        layers.flatten(),
        layers.dense({ units: 3, activation: 'softmax', kernelInitializer: glorot() }),
      ],
    });
  const glorot = () => initializers.glorotUniform({ seed: 1 });

  test("is tfjs' own Adam, over 20 steps of a small network", async () => {
    const model = plainNetwork();
    model.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy' });
    const learner = new Learner(plainNetwork());
    const initial = await learner.weights();
    let update = 0;
    for (const epoch of epochs)
      for await (const batch of source.epoch(epoch)) {
        const { examples, features, targets } = batch;
        const [x, y] = [tf.tensor(features, [examples, ...source.shape]), tf.tensor2d(targets, [examples, 3])];
        const theirs = (await model.trainOnBatch(x, y)) as number;
        tf.dispose([x, y]);
        const { loss } = await learner.step(batch, 0.01, ++update);
        expect([loss]).toBeAllClose([theirs], { absolute: 1e-5 });
      }
    expect(update).toBe(20);
    const expected = await new FlatWeights(model.weights).values();
    expect(await learner.weights()).toBeAllClose(expected, { absolute: 2e-6 });
    expect(Math.hypot(...expected.map((value, i) => value - initial[i]))).toBeGreaterThan(0.5);
  });

  test('on one number: the formulas by hand, with decay', async () => {
    const adam = new Adam(1, { weightDecay: 0.1, decayMask: tf.tensor1d([1]) });
    let [w, m, v] = [2, 0, 0];
    let weights = tf.tensor1d([w]);
    for (const [i, g] of [0.5, -1, 3].entries()) {
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      w -= 0.01 * (0.1 * w + m / (1 - 0.9 ** (i + 1)) / (Math.sqrt(v / (1 - 0.999 ** (i + 1))) + 1e-7));
      weights = adam.update(weights, tf.tensor1d([g]), 0.01, i + 1);
    }
    expect(await weights.data()).toBeAllClose([w], { relative: 1e-5 });
    adam.dispose();
  });

  test('leaves no tensor behind, with everything switched on', async () => {
    const learner = new Learner(narrowCnn(1), { classWeights: [1, 2, 3], clipNorm: 1, weightDecay: 0.1, ema: 0.9 });
    const before = tf.memory().numTensors;
    for await (const batch of source.epoch(1)) await learner.step(batch, 0.01, 1);
    await learner.withAveragedWeights(() => learner.weights());
    expect(await learner.hasFiniteWeights()).toBe(true);
    learner.restore(await learner.state());
    expect(tf.memory().numTensors).toBe(before);
    learner.model.dispose();
    learner.dispose();
    expect(tf.memory().numTensors).toBe(tensorsBefore);
  });
});

describe('weight decay', () => {
  test('shrinks kernels and leaves biases and normalisation alone', async () => {
    // With a gradient of 0 there is nothing but decay.
    const model = narrowCnn(1);
    const flat = new FlatWeights(model.trainableWeights);
    const before = await flat.values();
    const mask = flat.kernelMask();
    const adam = new Adam(flat.size, { weightDecay: 0.5, decayMask: mask });
    const after = adam.update(flat.read(), tf.zeros([flat.size]), 0.1, 1);
    const isKernel = model.trainableWeights.flatMap(({ name, shape }) =>
      new Array(shape.reduce((a: number, b) => a * b!, 1)).fill(/kernel/.test(name)),
    );
    const expected = before.map((value, i) => (isKernel[i] ? value * 0.95 : value));
    expect(isKernel.filter(Boolean).length).toBeGreaterThan(isKernel.length / 2);
    expect(await after.data()).toBeAllClose(expected, { relative: 1e-6 });
    expect(Math.max(...before.filter((_, i) => !isKernel[i]))).toBe(1); // gamma, which decay would have moved
  });
});

describe('clipping', () => {
  test('keeps the direction of the gradient and bounds its length', async () => {
    const figures = async (clipNorm?: number) => {
      const learner = new Learner(narrowCnn(1), { clipNorm });
      for await (const batch of source.epoch(1)) {
        const { gradientNorm } = await learner.step(batch, 0.01, 1);
        const { mean } = await learner.state();
        return { gradientNorm, mean }; // after one step a tenth of the gradient
      }
      throw new Error('no batch');
    };
    const free = await figures();
    const bound = free.gradientNorm / 4;
    const clipped = await figures(bound);
    expect(clipped.gradientNorm).toBe(free.gradientNorm); // reported as it was
    expect(clipped.mean).toBeAllClose(
      free.mean.map((value) => value / 4),
      { relative: 1e-5, absolute: 1e-9 },
    );
    expect(Math.hypot(...free.mean)).toBeCloseTo(free.gradientNorm / 10, 5);
    expect((await figures(free.gradientNorm * 2)).mean).toBeAllClose(free.mean, { absolute: 0 });
  });
});

describe('averaged weights', () => {
  const model = () => narrowCnn(1);

  test('are the recursion over all weights, moving statistics too, with a soon start', async () => {
    const learner = new Learner(model(), { ema: 0.5 });
    let average = await learner.weights();
    let update = 0;
    for await (const batch of source.epoch(1)) {
      await learner.step(batch, 0.01, ++update);
      const decay = Math.min(0.5, (1 + update) / (10 + update));
      const weights = await learner.weights();
      average = average.map((value, i) => decay * value + (1 - decay) * weights[i]);
    }
    expect((await learner.state()).average!).toBeAllClose(average, { absolute: 1e-6 });
  });

  test('are in the model while it is watched, and out of it after', async () => {
    const learner = await learn({ ema: 0.9 });
    const own = await learner.weights();
    const { average } = await learner.state();
    expect(await learner.withAveragedWeights(() => learner.weights())).toBeAllClose(average!, { absolute: 0 });
    expect(await learner.weights()).toBeAllClose(own, { absolute: 0 });
    expect(average).not.toEqual(own);
    const failing = learner.withAveragedWeights(() => Promise.reject(new Error('watching failed')));
    await expect(failing).rejects.toThrow('watching failed');
    expect(await learner.weights()).toBeAllClose(own, { absolute: 0 });
  });

  test('change nothing about the training itself', async () => {
    const [plain, averaged] = [await learn({}), await learn({ ema: 0.9 })];
    expect(await averaged.weights()).toBeAllClose(await plain.weights(), { absolute: 0 });
  });
});

describe('a state', () => {
  test('put into another model of that kind makes it the same learner, masks included', async () => {
    const options = { ema: 0.9, weightDecay: 0.01, clipNorm: 5 };
    const first = await learn(options);
    const second = new Learner(narrowCnn(1), options); // its seed decides the masks
    second.restore(await first.state());
    let update = 20;
    for await (const batch of source.epoch(6)) {
      const figures = await first.step(batch, 0.01, ++update);
      expect(await second.step(batch, 0.01, update)).toEqual(figures);
    }
    expect(await second.state()).toEqual(await first.state());
  });
});

afterAll(() => tf.disposeVariables());
