import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';

/**
 * Dropout whose masks differ from step to step and repeat from run to run.
 *
 * The stock layer offers one or the other: with a seed it starts its generator anew at each call and drops the same
 * units for ever, without one no run can be repeated. Saved models name it `Dropout` and load as the stock layer.
 */
class SeededDropout extends layers.Layer {
  static readonly className = 'Dropout';
  /** Calls in training so far; saved with a checkpoint, so that a resumed run draws the masks it would have drawn. */
  step = 0;

  constructor(
    private readonly rate: number,
    private readonly seed: string,
    name: string,
  ) {
    super({ name });
    this.supportsMasking = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    if (!kwargs.training || this.rate === 0) return x;
    return tf.dropout(x, this.rate, undefined, `${this.seed}/${this.step++}`);
  }

  override getConfig() {
    return { ...super.getConfig(), rate: this.rate };
  }
}

/** Drops `rate` (0…1) of the units while training. `seed` and `name` together decide the masks. */
export function seededDropout({ rate, seed, name }: { rate: number; seed: number; name: string }): layers.Layer {
  return new SeededDropout(rate, `dropout/${seed}/${name}`, name);
}

/** The layers of a model that draw masks, in the model's order; a checkpoint keeps their `step`. */
export function dropoutLayers(model: { layers: layers.Layer[] }): { step: number }[] {
  return model.layers.filter((layer) => layer instanceof SeededDropout);
}
