import * as tf from '@tensorflow/tfjs-core';

/** Added to each probability before its logarithm: its float32 is a normal number, and so is its inverse. */
const smallest = 1e-30;

/**
 * Mean cross-entropy of probabilities against soft targets, −Σ_c w_c y_c ln p_c, in nats.
 *
 * Takes probabilities, since the models end in a softmax, and keeps them from 0 by adding 1e-30. Keras clips at 1e-7,
 * where the gradient becomes 0 for an example that is badly wrong; here it is right down to that far smaller number.
 *
 * @param probabilities (examples, labels)
 * @param targets (examples, labels), rows that sum to 1
 * @param classWeights (labels); 1 each where undefined. As in Keras the mean is over examples, not over weights
 */
export function crossEntropy(
  probabilities: tf.Tensor2D,
  targets: tf.Tensor2D,
  classWeights?: readonly number[],
): tf.Scalar {
  return tf.tidy(() => {
    const weighted = classWeights ? tf.mul(targets, tf.tensor1d([...classWeights])) : targets;
    const logarithms = tf.log(tf.add(probabilities, smallest));
    return tf.neg(tf.mean(tf.sum(tf.mul(weighted, logarithms), 1))) as tf.Scalar;
  });
}

/** Share of the examples whose largest probability is where the target is largest, 0…1. */
export function accuracyOf(probabilities: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar {
  return tf.tidy(() => {
    const right = tf.equal(tf.argMax(probabilities, 1), tf.argMax(targets, 1));
    return tf.mean(tf.cast(right, 'float32')) as tf.Scalar;
  });
}

/**
 * Weights that make every label count alike however rare it is: examples / (labels · count), as scikit-learn's
 * `class_weight='balanced'`. A label without examples weighs 0.
 */
export function balancedWeights(counts: readonly number[]): number[] {
  const examples = counts.reduce((a, b) => a + b, 0);
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count === 0 ? 0 : examples / (present * count)));
}
