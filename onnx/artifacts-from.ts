import type { ModelArtifacts } from './artifacts.js';

/** What is needed of a live model: tfjs's LayersModel and Sequential have it. */
export interface LiveModel {
  /** The topology, as `model.save` writes it. */
  toJSON(unused?: unknown, returnString?: boolean): unknown;
  readonly weights: readonly LiveWeight[];
}

interface LiveWeight {
  /** As `model.save` names it: without the number that makes it unique in the program. */
  readonly originalName: string;
  read(): LiveTensor;
}

interface LiveTensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  dataSync(): ArrayLike<number>;
}

export const isLive = (model: object): model is LiveModel => 'toJSON' in model && 'weights' in model;

/**
 * A model in the program → what `model.save` would hand over, without waiting and without the optimiser's weights.
 *
 * @throws TypeError for weights that are neither float32 nor int32
 */
export function artifactsFrom(model: LiveModel): ModelArtifacts {
  const json = model.toJSON(undefined, false);
  const tensors = model.weights.map((weight) => ({ name: weight.originalName, tensor: weight.read() }));
  return {
    modelTopology: typeof json === 'string' ? JSON.parse(json) : (json as object),
    weightSpecs: tensors.map(({ name, tensor: { shape, dtype } }) => ({ name, shape, dtype })),
    weightData: tensors.map(({ name, tensor }) => bytesOf(name, tensor)),
  };
}

function bytesOf(name: string, tensor: LiveTensor): ArrayBuffer {
  const data = tensor.dataSync();
  if (tensor.dtype === 'float32') return Float32Array.from(data).buffer;
  if (tensor.dtype === 'int32') return Int32Array.from(data).buffer;
  throw new TypeError(`weight "${name}" has type ${tensor.dtype} (supported: float32, int32)`);
}
