import * as tf from '@tensorflow/tfjs-core';

export interface AdamOptions {
  /** Share of the weight that a step at rate 1 takes away, beside the gradient. Default 0. */
  weightDecay?: number;
  /** Which numbers decay: 1 or 0 each, (size). Needed with `weightDecay`. */
  decayMask?: tf.Tensor1D;
}

const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-7;

/**
 * Adam (Kingma & Ba 2015) on one vector, with decoupled weight decay (AdamW, Loshchilov & Hutter 2019).
 *
 * β₁ .9, β₂ .999, ε 1e-7 as in tfjs and Keras (PyTorch: 1e-8), ε beside √v̂. The decay is multiplied by the learning rate,
 * as in PyTorch and Keras; the paper multiplies it by the schedule alone.
 */
export class Adam {
  #mean: tf.Tensor1D; // (size) of the gradient
  #square: tf.Tensor1D; // (size) mean of the squared gradient
  readonly #options: AdamOptions;

  constructor(size: number, options: AdamOptions = {}) {
    this.#mean = tf.keep(tf.zeros([size]));
    this.#square = tf.keep(tf.zeros([size]));
    this.#options = options;
  }

  /**
   * The weights after one update. The caller disposes them.
   *
   * @param update how many updates there are with this one, 1…
   */
  update(weights: tf.Tensor1D, gradient: tf.Tensor1D, learningRate: number, update: number): tf.Tensor1D {
    const { weightDecay = 0, decayMask } = this.#options;
    return tf.tidy(() => {
      const mean = tf.add(tf.mul(this.#mean, beta1), tf.mul(gradient, 1 - beta1)) as tf.Tensor1D;
      const square = tf.add(tf.mul(this.#square, beta2), tf.mul(tf.square(gradient), 1 - beta2)) as tf.Tensor1D;
      this.#replace(mean, square);
      const unbiasedMean = tf.div(mean, 1 - beta1 ** update);
      const unbiasedSquare = tf.div(square, 1 - beta2 ** update);
      const step = tf.mul(tf.div(unbiasedMean, tf.add(tf.sqrt(unbiasedSquare), epsilon)), learningRate);
      const decayed =
        weightDecay > 0 ? tf.sub(weights, tf.mul(tf.mul(weights, decayMask!), learningRate * weightDecay)) : weights;
      return tf.sub(decayed, step) as tf.Tensor1D;
    });
  }

  /** What a checkpoint keeps: both means, (size) each. */
  async state(): Promise<{ mean: Float32Array; square: Float32Array }> {
    const [mean, square] = await Promise.all([this.#mean.data(), this.#square.data()]);
    return { mean: mean as Float32Array, square: square as Float32Array };
  }

  restore({ mean, square }: { mean: Float32Array; square: Float32Array }): void {
    tf.tidy(() => this.#replace(tf.tensor1d(mean), tf.tensor1d(square)));
  }

  dispose(): void {
    tf.dispose([this.#mean, this.#square]);
  }

  #replace(mean: tf.Tensor1D, square: tf.Tensor1D): void {
    this.dispose();
    this.#mean = tf.keep(mean);
    this.#square = tf.keep(square);
  }
}
