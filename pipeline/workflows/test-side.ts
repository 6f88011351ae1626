import { type Corpus, type Example, makeSplit } from '../datasets/index.js';
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
}

/**
 * The examples that a model may be judged on: the test side of its own split where the corpus is the one that it was
 * trained on, every clip where it is another corpus.
 *
 * @param name what was trained, for messages
 * @throws Error where the corpus has the same name and other clips: nobody could tell which of them were trained on
 */
export function testSideOf(
  corpus: Corpus,
  provenance: Provenance,
  name: string,
): { examples: Example[]; leaks: boolean } {
  if (corpus.name !== provenance.corpus)
    return { examples: corpus.clips.map((clip) => ({ clip, copy: 0 })), leaks: false };
  if (fingerprintOf(corpus) !== provenance.fingerprint)
    throw new Error(
      `${name}: was trained on another state of ${corpus.name}; its test clips can't be told from the rest`,
    );
  const { protocol, fold, seed, copies, validationSpeakers } = provenance;
  const options = { fold, seed, copies, validationSpeakers };
  const split = makeSplit(corpus, { ...options, protocol: protocol === 'paper' ? 'paper' : 'speaker-independent' });
  return { examples: split.test, leaks: split.leaks };
}

/** Labels of a corpus that a model does not know make it impossible to score. */
export function assertLabels(corpus: Corpus, labels: readonly string[], name: string): void {
  const unknown = corpus.labels.filter((label) => !labels.includes(label));
  if (unknown.length > 0)
    throw new RangeError(
      `${name}: does not know the label ${unknown.join(', ')} of ${corpus.name} (it knows: ${labels.join(', ')})`,
    );
}
