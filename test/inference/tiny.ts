import * as tl from '@tensorflow/tfjs-layers';
import { encodeModelMetadata, type ModelMetadata } from '../../inference/node.js';
import { type FeatureSpec, featureShape } from '../../pipeline/features/index.js';
import { exported, randomiseWeights } from '../onnx/exported.js';

/** Half a second at 8 kHz as 12 bands × 32 frames. */
export const tinySpec: FeatureSpec = {
  kind: 'mel-spectrogram',
  sampleRateHz: 8000,
  windowSamples: 256,
  hopSamples: 128,
  melBands: 12,
  chunkSeconds: 0.5,
  chunkStartsSeconds: [0],
};

export const tinyMetadata: ModelMetadata = {
  labels: ['calm', 'angry', 'sad'],
  featureSpec: tinySpec,
  featureVersion: 1,
  sampleRateHz: 8000,
  normalisation: { kind: 'per-band', mean: new Array(12).fill(0.5), deviation: new Array(12).fill(2) },
  input: 'features',
  architecture: 'tiny',
  preset: 'quick',
  seed: '007',
  protocol: 'speaker-independent',
  fold: 0,
  corpus: 'synthetic',
  scores: { leaks: false, test: { uar: 0.625, accuracy: 0.6 } },
  dataLicence: 'CC BY-NC-SA 4.0',
  attribution: 'Nobody — “näher”',
  version: '0.1.0',
};

export function tinyModel(spec = tinySpec, labels = 3): tl.Sequential {
  const [chunks, bands, frames] = featureShape(spec);
  const inputShape = [...(chunks > 1 ? [chunks] : []), bands, frames, 1];
  const model = tl.sequential({ name: 'tiny' });
  model.add(tl.layers.flatten({ inputShape }));
  model.add(tl.layers.dense({ name: 'tiny', units: labels, activation: 'softmax' }));
  randomiseWeights(model, 'tiny');
  return model;
}

/** A model file; `strings` replace what the metadata says. */
export const tinyFile = async (
  strings: Record<string, string> = {},
  { metadata = tinyMetadata, labels = 3 } = {},
): Promise<Uint8Array> =>
  exported(tinyModel(metadata.featureSpec, labels), {
    outputNames: ['probabilities'],
    metadata: { ...encodeModelMetadata(metadata), ...strings },
  });
