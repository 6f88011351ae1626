import { isDeepStrictEqual } from 'node:util';
import { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { architectureNamed, hybridNames } from '../../models/index.js';
import type { Experiment } from '../experiments/config.js';
import { type FeatureSpec, firstChunk } from '../features/index.js';
import { openSource, type Source } from './fine-tuning.js';

/** What of an autoencoder decides its encoder, among the options of a model that holds one. */
const decisive = ['hidden', 'dimension'] as const;

/** @throws Error in one line where the run is missing, damaged, did not come to its end, or is no autoencoder's */
export async function openEncoder(run: string): Promise<Source> {
  const source = await openSource(run);
  const { model } = source.config.experiment;
  if (architectureNamed(model).task !== 'reconstruction')
    throw new TypeError(`${run}: is a ${model}, which has no encoder; supported: the run of an autoencoder`);
  return source;
}

/**
 * The experiment of a hybrid with the options that its encoder's run decides.
 *
 * @throws RangeError where another encoder was wished for, or the model holds none
 */
export function withEncoder(experiment: Experiment, { config, from }: Source): Experiment {
  const { name, holdsEncoder, defaults } = architectureNamed(experiment.model);
  if (!holdsEncoder) throw new RangeError(`--encoder: ${name} holds none; supported: ${hybridNames().join(', ')}`);
  const own = config.experiment;
  const decided: Record<string, unknown> = {
    encoder: own.model,
    ...Object.fromEntries(decisive.filter((key) => key in own.modelOptions).map((key) => [key, own.modelOptions[key]])),
  };
  for (const [key, value] of Object.entries(decided)) {
    const wished = experiment.modelOptions[key];
    if (!isDeepStrictEqual(wished, defaults[key]) && !isDeepStrictEqual(wished, value))
      throw new RangeError(`model.${key}: is ${JSON.stringify(value)} in ${from.run}, not ${JSON.stringify(wished)}`);
  }
  return { ...experiment, modelOptions: { ...experiment.modelOptions, ...decided } as Experiment['modelOptions'] };
}

/** @throws RangeError where a model that holds an encoder is given none */
export function assertNoEncoderNeeded({ model }: Experiment): void {
  if (architectureNamed(model).holdsEncoder)
    throw new RangeError(`${model}: holds the encoder of a trained autoencoder; give its run: --encoder RUN`);
}

/** @throws RangeError where the encoder was trained on other windows than the hybrid cuts */
export function assertSameWindows(spec: FeatureSpec, { config, from }: Source): void {
  const [own, other] = [firstChunk(spec), firstChunk(config.featureSpec)];
  for (const key of Object.keys(own) as (keyof FeatureSpec)[])
    if (!isDeepStrictEqual(own[key], other[key]))
      throw new RangeError(
        `${key}: is ${JSON.stringify(other[key])} in the features of ${from.run}, not ${JSON.stringify(own[key])}`,
      );
}

/** Puts the weights of a trained encoder into the frozen layers of a hybrid. */
export function copyEncoder(model: LayersModel, { artifacts, from }: Source): void {
  const saved = io.decodeWeights(artifacts.weightData!, artifacts.weightSpecs!);
  for (const weight of model.weights.filter(({ originalName }) => originalName.startsWith('encoder_'))) {
    // Where it sees several chunks, the layer around it has a name of its own.
    const values = saved[weight.originalName.replace('_chunks/', '/')];
    if (!values || String(values.shape) !== String(weight.shape))
      throw new Error(
        `${from.run}: its encoder does not fit: ${weight.originalName} is ${weight.shape.join(' × ')} here`,
      );
    weight.write(values);
  }
  for (const values of Object.values(saved)) values.dispose();
}
