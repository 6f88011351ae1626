import { type Corpus, type Example, makeSplit } from '../datasets/index.js';
import type { Experiment } from '../experiments/config.js';
import { fingerprintOf } from './open-data.js';

/** What decides which clips a model was tested on; a run's config has it, and an exported file. */
export interface Provenance {
  protocol: string;
  fold: number;
  seed: number;
  copies: number;
  validationSpeakers: number;
  corpus: string;
  fingerprint: string;
  /** Trained on every clip of it. */
  whole?: boolean;
  /** What weights that it began with, or holds, had been trained on. */
  earlier?: readonly Provenance[];
}

/** Of an experiment what decides which clips are trained on. */
export const splitOf = ({ protocol, fold, seed, copies, validationSpeakers }: Experiment) => ({
  protocol,
  fold,
  seed,
  copies,
  validationSpeakers,
});

/**
 * Whether a training was on a corpus: by its name, so that another state of it is noticed. Unlabelled speech was no more than
 * what it held then.
 */
export const isOfCorpus = (
  training: Pick<Provenance, 'corpus' | 'fingerprint' | 'whole'>,
  corpus: Pick<Provenance, 'corpus' | 'fingerprint'>,
): boolean => training.corpus === corpus.corpus && (!training.whole || training.fingerprint === corpus.fingerprint);

/** Whether two trainings left the same clips of a corpus untouched. */
export const sameTestSide = (a: Provenance, b: Provenance): boolean =>
  !a.whole &&
  !b.whole &&
  a.corpus === b.corpus &&
  a.fingerprint === b.fingerprint &&
  a.protocol === b.protocol &&
  a.fold === b.fold &&
  a.seed === b.seed;

/**
 * The examples that a model may be judged on: the test side of the split by which it was trained on the corpus, every clip
 * where it is another corpus. Where it was trained on the corpus by several splits, as after fine-tuning, it leaks.
 *
 * @param name what was trained, for messages
 * @throws Error where the corpus has the same name and other clips: nobody could tell which of them were trained on
 */
export function testSideOf(
  corpus: Corpus,
  provenance: Provenance,
  name: string,
): { examples: Example[]; leaks: boolean } {
  const own = { corpus: corpus.name, fingerprint: fingerprintOf(corpus) };
  const trainings = [provenance, ...(provenance.earlier ?? [])].filter((training) => isOfCorpus(training, own));
  if (trainings.length === 0) return { examples: corpus.clips.map((clip) => ({ clip, copy: 0 })), leaks: false };
  const [last] = trainings;
  if (own.fingerprint !== last.fingerprint)
    throw new Error(
      `${name}: was trained on another state of ${corpus.name}; its test clips can't be told from the rest`,
    );
  const { protocol, fold, seed, copies, validationSpeakers } = last;
  const options = { fold, seed, copies, validationSpeakers };
  const split = makeSplit(corpus, { ...options, protocol: protocol === 'paper' ? 'paper' : 'speaker-independent' });
  return { examples: split.test, leaks: split.leaks || !trainings.every((training) => sameTestSide(training, last)) };
}

/** Labels of a corpus that a model does not know make it impossible to score. */
export function assertLabels(corpus: Corpus, labels: readonly string[], name: string): void {
  const unknown = corpus.labels.filter((label) => !labels.includes(label));
  if (unknown.length > 0)
    throw new RangeError(
      `${name}: does not know the label ${unknown.join(', ')} of ${corpus.name} (it knows: ${labels.join(', ')})`,
    );
}
