import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { ModelInput } from './architecture.js';
import { fcEncoderLayers } from './autoencoder-fc.js';
import { gruEncoderLayers } from './autoencoder-gru.js';
import { chain, overChunks } from './chain.js';
import { dense } from './dense.js';

/** Options of the unsupervised representation in a hybrid. */
export type RepresentationOptions = {
  /** The autoencoder whose encoder it is, by its architecture's name. `--encoder RUN` decides it, and the next two. */
  encoder: string;
  /** Of `autoencoder-fc`; without meaning for `autoencoder-gru`. */
  hidden: readonly number[];
  dimension: number;
  /** `full`: a GRU encoder's state at every frame; `last`: at the last one. */
  states: string;
  /** Of the dense layer that the representation goes through before it meets the recogniser's. */
  representationUnits: number;
  /** Of the dense layer after the two are joined. */
  jointUnits: number;
};

export const representationDefaults = {
  encoder: 'autoencoder-fc',
  hidden: [512],
  dimension: 300,
  states: 'last',
  representationUnits: 64,
  jointUnits: 64,
} satisfies RepresentationOptions;

/**
 * Joins a recogniser's body with the representation that a frozen encoder has of the same features, and ends in a softmax:
 * encoder → Dense → BatchNorm, beside the body; concatenated → Dense (ReLU) → softmax (the report, 3.6 and 4.5.3). Of several
 * chunks each is encoded by itself.
 *
 * @param features (batch, bands, frames, 1), or (batch, chunks, bands, frames, 1)
 * @param body (batch, units)
 * @returns (batch, labels)
 * @throws RangeError where `encoder` or `states` is none that there is
 */
export function withRepresentation(
  features: SymbolicTensor,
  body: SymbolicTensor,
  { shape: [chunks, bands, frames], labels, seed }: ModelInput,
  options: RepresentationOptions & { normMomentum: number },
): SymbolicTensor {
  const encoder = frozenEncoder(options, [bands, frames], seed);
  const code = chain(features, chunks === 1 ? encoder : encoder.map(overChunks));
  const representation = chain(code, [
    ...(code.shape.length > 2 ? [layers.flatten({ name: 'representation_flat' })] : []),
    dense('representation', options.representationUnits, seed),
    layers.batchNormalization({ momentum: options.normMomentum, name: 'representation_norm' }),
  ]);
  const joint = layers.concatenate({ name: 'joint' }).apply([body, representation]) as SymbolicTensor;
  return chain(joint, [
    dense('joint_dense', options.jointUnits, seed, 'relu'),
    dense('probabilities', labels, seed, 'softmax'),
  ]);
}

/** Its weights are random until those of an autoencoder's run are put in; training leaves them alone. */
function frozenEncoder(
  { encoder, hidden, dimension, states }: RepresentationOptions,
  window: readonly [bands: number, frames: number],
  seed: number,
): layers.Layer[] {
  if (states !== 'last' && states !== 'full')
    throw new RangeError(`model.states: "${states}" is unknown (supported: last, full)`);
  const encoders: Record<string, () => layers.Layer[]> = {
    'autoencoder-fc': () => fcEncoderLayers({ hidden, dimension }, seed),
    'autoencoder-gru': () => gruEncoderLayers({ dimension, states }, window, seed),
  };
  if (!Object.hasOwn(encoders, encoder))
    throw new RangeError(`model.encoder: "${encoder}" is none (supported: ${Object.keys(encoders).join(', ')})`);
  const built = encoders[encoder]();
  for (const layer of built) layer.trainable = false;
  return built;
}
