import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { openBackend } from '../../pipeline/training/backends/index.js';
import { accuracyOf, balancedWeights, crossEntropy } from '../../pipeline/training/loss.js';

beforeAll(async () => {
  await openBackend('cpu');
});

const probabilities = [
  [0.7, 0.2, 0.1],
  [0.25, 0.25, 0.5],
];
const targets = [
  [0.9, 0.05, 0.05],
  [0, 0.4, 0.6],
];

describe('cross-entropy', () => {
  test.each([[undefined], [[1, 2, 0.5]]])('of soft targets, class weights %j: the sum by hand', async (weights) => {
    const expected =
      targets
        .flatMap((row, i) => row.map((y, c) => -(weights?.[c] ?? 1) * y * Math.log(probabilities[i][c])))
        .reduce((a, b) => a + b) / 2;
    const loss = crossEntropy(tf.tensor2d(probabilities), tf.tensor2d(targets), weights);
    expect(await loss.data()).toBeAllClose([expected], { relative: 1e-6 });
  });

  test('its gradient through softmax is p − y, also for an example that is badly wrong', async () => {
    // exp(−40) = 4e-18: clipped at 1e-7 the gradient would be 0 and the example never learnt.
    const logits = [
      [0, 40, 0],
      [1, 2, 3],
    ];
    const y = tf.tensor2d([
      [1, 0, 0],
      [0, 0.4, 0.6],
    ]);
    const gradient = tf.grad((z) => crossEntropy(tf.softmax(z as tf.Tensor2D), y))(tf.tensor2d(logits));
    const expected = tf.div(tf.sub(tf.softmax(tf.tensor2d(logits)), y), 2);
    expect(await gradient.data()).toBeAllClose(await expected.data(), { absolute: 1e-6 });
    expect((await gradient.data())[0]).toBeCloseTo(-0.5, 6);
  });

  test('of a probability that is 0 is a large number, not infinity', async () => {
    const loss = crossEntropy(tf.tensor2d([[0, 1]]), tf.tensor2d([[1, 0]]));
    expect(await loss.data()).toBeAllClose([-Math.log(1e-30)], { relative: 1e-5 });
  });

  test('of NaN is NaN', async () => {
    const [loss] = await crossEntropy(tf.tensor2d([[Number.NaN, 1]]), tf.tensor2d([[1, 0]])).data();
    expect(loss).toBeNaN();
  });
});

test('accuracy is the share whose largest probability is where the target is largest', async () => {
  expect(await accuracyOf(tf.tensor2d(probabilities), tf.tensor2d(targets)).data()).toBeAllClose([1], {});
  expect(await accuracyOf(tf.tensor2d(probabilities), tf.tensor2d([targets[0], targets[0]])).data()).toBeAllClose(
    [0.5],
    {},
  );
});

test('balanced weights let every label weigh alike, and one without examples nothing', () => {
  const counts = [10, 30, 0, 60];
  const weights = balancedWeights(counts);
  const shares = counts.map((count, i) => count * weights[i]);
  expect(shares[0]).toBeCloseTo(100 / 3);
  expect(shares[1]).toBeCloseTo(100 / 3);
  expect(shares[3]).toBeCloseTo(100 / 3);
  expect(weights[2]).toBe(0);
  expect(balancedWeights([5, 5])).toEqual([1, 1]);
});
