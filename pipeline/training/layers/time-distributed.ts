import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { inTraining } from './in-training.js';

/**
 * A layer distributed over time steps computes all of them at once, the steps folded into the batch, where tfjs loops
 * over them. Batch normalisation then sees the statistics of all steps together, as Keras 2 does; tfjs' own takes each
 * step's by itself, and moves its averages once a step.
 */
export function foldTimeSteps(layer: layers.Layer): void {
  const inner = (layer as layers.Layer & { layer: layers.Layer }).layer;
  inTraining(layer, (x) =>
    tf.tidy(() => {
      const [examples, steps, ...shape] = x.shape;
      const y = [inner.call(tf.reshape(x, [examples * steps, ...shape]), { training: true })].flat()[0];
      return tf.reshape(y, [examples, steps, ...y.shape.slice(1)]);
    }),
  );
}
