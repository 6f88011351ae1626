import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

/**
 * Trains one step of a tiny convolutional network on the active backend: every kernel that the models' training needs.
 *
 * @throws Error where a kernel is missing or the loss is not a finite number
 */
export async function tryTrainingStep(): Promise<void> {
  const model = sequential({
    layers: [
      layers.conv2d({ inputShape: [8, 8, 1], filters: 2, kernelSize: 3, padding: 'same' }),
      layers.batchNormalization(),
      layers.activation({ activation: 'elu' }),
      layers.maxPooling2d({ poolSize: 2, padding: 'same' }),
      layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same' }),
      layers.flatten(),
      layers.dense({ units: 2, activation: 'softmax' }),
    ],
  });
  const optimizer = tf.train.adam();
  model.compile({ optimizer, loss: 'categoricalCrossentropy' });
  const x = tf.ones([2, 8, 8, 1]);
  const y = tf.eye(2);
  try {
    const loss = await model.trainOnBatch(x, y);
    if (!Number.isFinite(loss)) throw new Error('a small training step gave no finite loss');
  } finally {
    tf.dispose([x, y]);
    optimizer.dispose();
    model.dispose();
  }
}
