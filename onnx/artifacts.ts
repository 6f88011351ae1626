/**
 * A saved tfjs model as plain data: what `model.save(tf.io.withSaveHandler(…))` hands over, and what `model.json` with
 * its weight files holds. Nothing of the tfjs runtime is needed to read it.
 */
export interface ModelArtifacts {
  /** The parsed JSON topology, of a layers model (Sequential, functional; Keras's `model_config` wrapper) or a graph model. */
  modelTopology?: object | ArrayBuffer;
  /** Name, shape and type of each weight, in the order of their bytes in `weightData`. */
  weightSpecs?: readonly WeightSpec[];
  /** The weights' bytes, little-endian, one after another; in one buffer or in consecutive ones. */
  weightData?: unknown;
  /** Of a graph model: which tensors its inputs and outputs are, by the names that the saved model gave them. */
  signature?: object;
  /** Of a graph model: where older converters put the signature. */
  userDefinedMetadata?: object;
  /** Of a graph model with tables: the graph that fills them. */
  modelInitializer?: object;
  /** Which of its outputs are the tables that the graph takes as inputs: both name a `resourceId`. */
  initializerSignature?: object;
}

export type LayersModelArtifacts = ModelArtifacts;

/** One entry of tfjs's weights manifest. */
export interface WeightSpec {
  name: string;
  shape: readonly number[];
  dtype: string;
  quantization?: object;
}
