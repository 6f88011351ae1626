import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';

/**
 * A layer distributed over time steps computes all of them at once, the steps folded into the batch, where tfjs loops
 * over them. While training, batch normalisation then sees the statistics of all steps together, as Keras 2 does; tfjs' own
 * takes each step's by itself, and moves its averages once a step. For predictions it is the same numbers sooner: tfjs
 * transposes all activations there and back, which on wasm took half of an epoch of `cnn-lstm`.
 */
export function foldTimeSteps(layer: layers.Layer): void {
  const inner = (layer as layers.Layer & { layer: layers.Layer }).layer;
  layer.call = (inputs, kwargs) =>
    tf.tidy(() => {
      const [x] = [inputs].flat();
      const [examples, steps, ...shape] = x.shape;
      const y = [inner.call(tf.reshape(x, [examples * steps, ...shape]), kwargs)].flat()[0];
      return tf.reshape(y, [examples, steps, ...y.shape.slice(1)]);
    });
}
