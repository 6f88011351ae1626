import * as tf from '@tensorflow/tfjs-core';

/**
 * Has TensorFlow compute the same bits run after run. `wasm` and `cpu` always do: they have one thread.
 *
 * TensorFlow splits sums over its threads: with the same number of threads the same bits were seen again and again, with
 * another number others. So it gets one thread, and the slower of two ways wherever the faster one is not repeatable
 * (`TF_DETERMINISTIC_OPS`: on a GPU). A caller's own `TF_NUM_INTRAOP_THREADS` is kept: the same bits are then promised for
 * that number alone. The cost is the other cores: a step of the report's CNN (64 × 60 × 216) took 1.4 to 1.7 s
 * with one thread and 0.8 with two.
 *
 * Has to be asked for before TensorFlow is loaded, which is once a process.
 *
 * @throws Error where TensorFlow was loaded already without it
 */
export function demandSameBits(): void {
  if (process.env.TF_DETERMINISTIC_OPS === '1') return;
  if (tf.findBackendFactory('tensorflow'))
    throw new Error('deterministic: TensorFlow is loaded already, in its fast mode; start a new process');
  process.env.TF_DETERMINISTIC_OPS = '1';
  process.env.TF_NUM_INTRAOP_THREADS ??= '1';
  process.env.TF_NUM_INTEROP_THREADS ??= '1';
}
