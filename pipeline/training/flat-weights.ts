import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

type Weight = LayersModel['weights'][number];

/**
 * Weights of a model seen as one vector, in a fixed order: what the optimiser, clipping, averaging and checkpoints do to
 * all of them is then a handful of operations, however many layers there are. The model's own variables stay the truth.
 */
export class FlatWeights {
  /** Numbers in all weights together. */
  readonly size: number;
  readonly #weights: readonly Weight[];
  readonly #sizes: number[];

  constructor(weights: readonly Weight[]) {
    this.#weights = weights;
    this.#sizes = weights.map(({ shape }) => tf.util.sizeFromShape(shape as number[]));
    this.size = this.#sizes.reduce((a, b) => a + b, 0);
  }

  /** The variables behind the weights, to take gradients by. */
  get variables(): tf.Variable[] {
    return this.#weights.map((weight) => weight.read() as tf.Variable);
  }

  /** The weights as a vector (size). The caller disposes it. */
  read(): tf.Tensor1D {
    return flatten(this.variables);
  }

  /** Puts a vector (size) back into the model. */
  write(vector: tf.Tensor1D): void {
    tf.tidy(() => {
      const parts = tf.split(vector, this.#sizes);
      for (const [i, weight] of this.#weights.entries()) weight.write(tf.reshape(parts[i], weight.shape as number[]));
    });
  }

  async values(): Promise<Float32Array> {
    const vector = this.read();
    const values = (await vector.data()) as Float32Array;
    vector.dispose();
    return values;
  }

  setValues(values: Float32Array): void {
    tf.tidy(() => this.write(tf.tensor1d(values)));
  }

  /** 1 for each number of a kernel (two axes or more), 0 for those of biases and normalisation: a vector (size). */
  kernelMask(): tf.Tensor1D {
    const mask = new Float32Array(this.size);
    let at = 0;
    for (const [i, { shape }] of this.#weights.entries()) {
      mask.fill(shape.length > 1 ? 1 : 0, at, at + this.#sizes[i]);
      at += this.#sizes[i];
    }
    return tf.tensor1d(mask);
  }
}

/** Tensors of any shapes, one after the other, as one vector. */
export function flatten(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  return tf.tidy(() => tf.concat(tensors.map((tensor) => tf.reshape(tensor, [-1]) as tf.Tensor1D)));
}
