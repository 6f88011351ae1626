import { type Corpus, makeSplit } from '../datasets/index.js';
import type { Cell } from '../experiments/grid/plan.js';
import type { CellWork } from '../experiments/grid/time-left.js';
import { featureShape } from '../features/index.js';
import type { BackendName } from '../training/backends/backend.js';
import { specOf } from './train-run.js';

/** Watching costs a forward pass: about a third of a step. */
const watchingShare = 1 / 3;

/** How much a cell has to learn from, for the time that it takes. */
export function workOf(
  { id, kind, experiment }: Cell,
  corpora: { data: Corpus; unlabelled: readonly Corpus[] },
  backend: BackendName,
): CellWork {
  const { train, validation, test } = makeSplit(corpora.data, experiment);
  const watched = validation.length > 0 ? validation : test;
  const unlabelled = kind === 'autoencoder' ? corpora.unlabelled : [];
  const further = unlabelled.reduce((sum, { clips }) => sum + clips.length, 0);
  const examples = train.length + further + watched.length * watchingShare;
  const [chunks, bands, frames] = featureShape(specOf(experiment));
  const work = examples * chunks * bands * frames * experiment.epochs;
  return { id, family: `${backend} ${experiment.model}`, work, share: 0 };
}
