/**
 * A saved tfjs layers model as plain data: what `model.save(tf.io.withSaveHandler(…))` hands over, and what
 * `model.json` with its weight files holds. Nothing of the tfjs runtime is needed to read it.
 */
export interface LayersModelArtifacts {
  /** The parsed JSON topology, of a Sequential or a functional model (Keras's `model_config` wrapper is accepted). */
  modelTopology?: object | ArrayBuffer;
  /** Name, shape and type of each weight, in the order of their bytes in `weightData`. */
  weightSpecs?: readonly WeightSpec[];
  /** The weights' bytes, little-endian, one after another; in one buffer or in consecutive ones. */
  weightData?: unknown;
}

/** One entry of tfjs's weights manifest. */
export interface WeightSpec {
  name: string;
  shape: readonly number[];
  dtype: string;
  quantization?: object;
}
