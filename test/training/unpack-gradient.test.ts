import { expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { prepareForTraining } from '../../pipeline/training/layers/index.js';

/** float32 differences over a step of 1e-2; measured 5.6e-6. */
const finiteDifferenceTolerance = 1e-4;

test.each([1, 3])('the gradient of a GRU over %i steps is that of finite differences', async (steps) => {
  const model = sequential({
    layers: [layers.gru({ units: 2, recurrentInitializer: 'zeros', inputShape: [steps, 2] })],
  });
  prepareForTraining(model, 1);
  model.setWeights(model.getWeights().map((weight, i) => tf.randomUniform(weight.shape, -1, 1, 'float32', i + 1)));
  const x = tf.randomUniform([1, steps, 2], -1, 1, 'float32', 9);
  const loss = (input: tf.Tensor) => tf.sum(model.apply(input, { training: true }) as tf.Tensor) as tf.Scalar;
  const gradient = await tf.grad(loss)(x).data();

  const values = await x.data();
  const differences = Array.from(values, (_, i) => {
    const at = (shift: number) =>
      loss(
        tf.tensor(
          values.map((v, j) => (j === i ? v + shift : v)),
          x.shape,
        ),
      ).dataSync()[0];
    return (at(1e-2) - at(-1e-2)) / 2e-2;
  });
  expect(Math.max(...gradient.map(Math.abs))).toBeGreaterThan(0.01);
  expect(gradient).toBeAllClose(differences, { absolute: finiteDifferenceTolerance });
});
