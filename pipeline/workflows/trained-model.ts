import { stat } from 'node:fs/promises';
import { load, type ModelMetadata, type Provider, type Recognizer } from '../../inference/node.js';
import { architectureNamed } from '../../models/index.js';
import {
  hasScores,
  type RunCalibration,
  type RunConfig,
  readRunConfig,
  readRunScores,
} from '../experiments/run-folder.js';
import { earlierOf } from './fine-tuning.js';
import { type Provenance, splitOf } from './test-side.js';

/** A run folder or an `.onnx` file, as commands that take either see it. */
export type TrainedModel =
  | { kind: 'run'; folder: string; config: RunConfig; calibration?: RunCalibration; provenance: Provenance }
  | { kind: 'onnx'; file: string; recognizer: Recognizer; provenance: Provenance };

/** @throws Error in one line for what is neither, or is damaged */
export async function openTrained(path: string, provider: Provider = 'auto'): Promise<TrainedModel> {
  const found = await stat(path).catch(() => undefined);
  if (!found)
    throw new Error(`${path}: is not there; supported: a run folder made by \`serkit train\`, or an .onnx file`);
  if (found.isDirectory()) {
    const config = await readRunConfig(path);
    if (architectureNamed(config.experiment.model).task === 'reconstruction')
      throw new TypeError(
        `${path}: is an autoencoder's run, which answers no labels; supported: the run of a recogniser`,
      );
    const { name: corpus, fingerprint } = config.corpus;
    return {
      kind: 'run',
      folder: path,
      config,
      calibration: hasScores(path) ? (await readRunScores(path)).calibration : undefined,
      provenance: {
        ...splitOf(config.experiment),
        ...{ corpus, fingerprint },
        earlier: earlierOf(config),
      },
    };
  }
  const recognizer = await load(path, { provider });
  return { kind: 'onnx', file: path, recognizer, provenance: provenanceOf(recognizer.metadata) };
}

/** A file that does not say what it was trained on counts as trained on nothing that has a name. */
function provenanceOf({ protocol, fold, seed, corpus, training }: ModelMetadata): Provenance {
  return {
    protocol: protocol ?? 'speaker-independent',
    fold: fold ?? 0,
    seed: Number(seed ?? 0),
    copies: training?.copies ?? 0,
    validationSpeakers: training?.validationSpeakers ?? 2,
    corpus: corpus ?? '',
    fingerprint: training?.corpusFingerprint ?? '',
    earlier: training?.earlier,
  };
}
