import { shuffler } from 'd3-array';
import seedrandom from 'seedrandom';
import type { Clip, Corpus } from './corpus.js';
import { dealFolds, drawGroups, groupClips, publishedFolds } from './speaker-groups.js';

/** One thing to learn from or be tested on: a clip as recorded (`copy` 0) or its n-th noisy copy. */
export interface Example {
  clip: Clip;
  copy: number;
}

export const protocols = ['speaker-independent', 'paper'] as const;
export type Protocol = (typeof protocols)[number];

export interface Split {
  protocol: Protocol;
  fold: number;
  /** True where copies of a test clip, or other clips of its speaker, are trained on. Every score then says "leaks". */
  leaks: boolean;
  train: Example[];
  /** Speakers taken from the training side, to watch training and choose the epoch by. Empty under `paper`. */
  validation: Example[];
  test: Example[];
}

export interface SplitOptions {
  /** Which fold is the test side, 0…folds − 1. */
  fold: number;
  /** Default 5. A corpus with published folds has as many as were published. */
  folds?: number;
  /** Noisy copies of a clip beside its recording; under `speaker-independent` of training clips alone. */
  copies: number;
  seed: number;
  /** Speakers taken from the training side, one of each gender first. Default 2. */
  validationSpeakers?: number;
}

/** The split that a protocol makes of a corpus. `paper` has one split a seed, so its only fold is 0. */
export function makeSplit(corpus: Corpus, { protocol, ...options }: SplitOptions & { protocol: Protocol }): Split {
  if (protocol === 'speaker-independent') return speakerIndependentSplit(corpus, options);
  if (options.fold !== 0)
    throw new RangeError(`the paper protocol has no fold ${options.fold}, only 0: change the seed`);
  return paperSplit(corpus, options);
}

/**
 * Tests on speakers that training never heard: fold `fold` of the corpus' published folds, elsewhere of a grouped
 * k-fold by speaker that is balanced by clips. Identical clips stay on one side. Test and validation are recordings;
 * training has the noisy copies too.
 *
 * Where a corpus does not say who speaks, every clip is dealt by itself and a tenth of the training side watches;
 * its speakers may then be on both sides, so the split says that it leaks.
 *
 * Throws RangeError where the fold does not exist or there are not speakers enough.
 */
export function speakerIndependentSplit(
  corpus: Corpus,
  { fold, folds = 5, copies, seed, validationSpeakers = 2 }: SplitOptions,
): Split {
  const published = corpus.speakerFolds;
  if (published !== undefined && folds !== published.length)
    throw new RangeError(
      `${corpus.name}: ${folds} folds are not supported, its published ones are ${published.length}`,
    );
  if (!Number.isInteger(folds) || folds < 2) throw new RangeError(`folds ${folds} is not an integer of 2 or more`);
  if (!Number.isInteger(fold) || fold < 0 || fold >= folds)
    throw new RangeError(`fold ${fold} does not exist (supported: 0 to ${folds - 1})`);

  const groups = groupClips(corpus.clips);
  const speakersKnown = corpus.clips.every(({ speaker }) => speaker !== undefined);
  const groupsNamed = speakersKnown ? 'speakers' : 'different clips';
  if (groups.length < folds && published === undefined)
    throw new RangeError(`${corpus.name}: ${folds} folds need ${folds} ${groupsNamed}, there are ${groups.length}`);
  const dealt = published ? publishedFolds(groups, corpus) : dealFolds(groups, folds, seed);
  const testSide = dealt[fold];
  if (testSide.length === 0)
    throw new RangeError(
      `${corpus.name}: no clip of the test speakers of fold ${fold} (${published?.[fold].join(', ')})`,
    );

  const trainingSide = drawGroups(dealt.filter((_, i) => i !== fold).flat(), `validation ${seed} fold ${fold}`);
  const watching = speakersKnown ? validationSpeakers : Math.ceil(trainingSide.length / 10);
  if (trainingSide.length <= watching)
    throw new RangeError(
      `${corpus.name}: ${watching} validation ${groupsNamed} need ${watching + 1} on the training side of fold ` +
        `${fold}, there are ${trainingSide.length}`,
    );
  const validation = new Set(trainingSide.slice(0, watching).flat());
  const test = new Set(testSide.flat());
  return {
    protocol: 'speaker-independent',
    fold,
    leaks: !speakersKnown,
    train: examples(
      corpus.clips.filter((clip) => !test.has(clip) && !validation.has(clip)),
      copies,
    ),
    validation: examples(
      corpus.clips.filter((clip) => validation.has(clip)),
      0,
    ),
    test: examples(
      corpus.clips.filter((clip) => test.has(clip)),
      0,
    ),
  };
}

/**
 * The report's protocol: copies first, then three quarters of all examples, drawn at random, to train on. Copies of
 * test clips and other clips of their speakers are trained on: it leaks, and every score under it says so.
 * RAVDESS with two copies: 4320 examples, 3240 to train on and 1080 to test.
 */
export function paperSplit(corpus: Corpus, { copies, seed }: Pick<SplitOptions, 'copies' | 'seed'>): Split {
  const all = shuffler(seedrandom.alea(`paper ${seed}`))(examples(corpus.clips, copies));
  const trained = Math.round(all.length * 0.75);
  return {
    protocol: 'paper',
    fold: 0,
    leaks: true,
    train: all.slice(0, trained),
    validation: [],
    test: all.slice(trained),
  };
}

function examples(clips: readonly Clip[], copies: number): Example[] {
  if (!Number.isInteger(copies) || copies < 0) throw new RangeError(`copies ${copies} is not an integer of 0 or more`);
  return clips.flatMap((clip) => Array.from({ length: copies + 1 }, (_, copy) => ({ clip, copy })));
}
