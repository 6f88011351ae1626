import * as tf from '@tensorflow/tfjs-core';

/**
 * Replaces tfjs 4.22's gradient of Unpack (`tf.unstack`), which fails where there is one part alone: what it is then
 * given is a tensor, not a list. Every recurrent layer unpacks its steps, so that none of a single step could train.
 */
export function mendUnpackGradient(): void {
  tf.registerGradient({
    kernelName: tf.Unpack,
    gradFunc: (dy, _saved, attributes) => ({
      value: () => tf.stack([dy].flat(), (attributes as unknown as tf.UnpackAttrs).axis),
    }),
  });
}
