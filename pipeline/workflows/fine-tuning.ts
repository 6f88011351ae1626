import { createHash } from 'node:crypto';
import type { io } from '@tensorflow/tfjs-core';
import { architectureNamed } from '../../models/index.js';
import { assertUnchanged, type Experiment } from '../experiments/config.js';
import { type RunConfig, readRunConfig, readRunScores, type TrainedOn } from '../experiments/run-folder.js';
import { readArtifacts } from '../training/model-folder.js';
import { splitOf } from './test-side.js';

/** A trained run that another one begins with. */
export interface Source {
  config: RunConfig;
  artifacts: io.ModelArtifacts;
  /** For the new run's `config.json`. */
  from: NonNullable<RunConfig['from']>;
}

/** @throws Error in one line where the run is missing, damaged or did not come to its end */
export async function openSource(run: string): Promise<Source> {
  const config = await readRunConfig(run);
  await readRunScores(run);
  const artifacts = await readArtifacts(run);
  const weights = createHash('sha256')
    .update(new Uint8Array(artifacts.weightData as ArrayBuffer))
    .digest('hex');
  const { name: corpus, fingerprint, licence, attribution } = config.corpus;
  const own: TrainedOn = { ...splitOf(config.experiment), corpus, fingerprint, licence, attribution };
  return { config, artifacts, from: { run, weights, trainedOn: [...earlierOf(config), own] } };
}

/** @throws RangeError where the experiment wants another model or other features than the run that it begins with */
export function assertSameModel({ config, from }: Source, experiment: Experiment): void {
  const keys = ['model', 'modelOptions', 'features'] as const;
  assertUnchanged(config.experiment, experiment, keys, `${from.run}, which is fine-tuned`);
}

/** The labels of the run where the corpus has the same ones, in its order, so that its head is kept; else the corpus' own. */
export function labelsOf({ config }: Source, labels: readonly string[]): { labels: readonly string[]; same: boolean } {
  const own = config.corpus.labels;
  if (architectureNamed(config.experiment.model).task === 'reconstruction') return { labels, same: true };
  const same = own.length === labels.length && own.every((label) => labels.includes(label));
  return { labels: same ? own : labels, same };
}

/** What the weights of a run have seen besides its own corpus. */
export function earlierOf({ experiment, from, encoder, unlabelled }: RunConfig): TrainedOn[] {
  const whole = unlabelled.map(
    ({ name, fingerprint, licence, attribution }): TrainedOn => ({
      ...splitOf(experiment),
      corpus: name,
      fingerprint,
      licence,
      attribution,
      whole: true,
    }),
  );
  return [...(from?.trainedOn ?? []), ...(encoder?.trainedOn ?? []), ...whole];
}
