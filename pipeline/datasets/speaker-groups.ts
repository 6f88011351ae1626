import { group, shuffler } from 'd3-array';
import seedrandom from 'seedrandom';
import { byCodeUnit } from './clip-files.js';
import type { Clip, Corpus } from './corpus.js';

/** Clips that must stay on one side of a split: those of a speaker, and whatever is identical to one of them. */
export type Group = readonly Clip[];

/**
 * Groups clips by speaker (a clip without one stands for itself) and joins groups that share identical clips.
 * Groups and their clips keep the order of the corpus.
 */
export function groupClips(clips: readonly Clip[]): Group[] {
  const speakerKey = ({ speaker, contentHash }: Clip) =>
    speaker === undefined ? `content ${contentHash}` : `speaker ${speaker}`;
  const parents = new Map<string, string>();
  const rootOf = (key: string): string => {
    const parent = parents.get(key) ?? key;
    return parent === key ? key : rootOf(parent);
  };
  for (const identical of group(clips, ({ contentHash }) => contentHash).values())
    for (const clip of identical) {
      const root = rootOf(speakerKey(clip));
      const first = rootOf(speakerKey(identical[0]));
      if (root !== first) parents.set(root, first);
    }
  return [...group(clips, (clip) => rootOf(speakerKey(clip))).values()];
}

/**
 * Deals the groups to `folds` folds: the largest first, each to the fold with the fewest clips so far. Among groups
 * of one size, those of one gender (or label, where clips stand for themselves) are dealt in a row, so that every
 * fold gets its share; `seed` decides among the rest.
 */
export function dealFolds(groups: readonly Group[], folds: number, seed: number): Group[][] {
  const kind = ([{ gender, label }]: Group) => `${gender} ${label}`;
  const inOrder = shuffler(seedrandom.alea(`folds ${seed}`))([...groups]).sort(
    (a, b) => b.length - a.length || byCodeUnit(kind(a), kind(b)),
  );
  const dealt = Array.from({ length: folds }, () => ({ groups: [] as Group[], clips: 0 }));
  for (const next of inOrder) {
    const smallest = dealt.reduce((best, fold) => (fold.clips < best.clips ? fold : best));
    smallest.groups.push(next);
    smallest.clips += next.length;
  }
  return dealt.map((fold) => fold.groups);
}

/** Puts each group into the published fold of its speakers. Identical clips in two folds are an error: which is right? */
export function publishedFolds(groups: readonly Group[], { name, speakerFolds = [] }: Corpus): Group[][] {
  const foldOf = new Map(speakerFolds.flatMap((speakers, fold) => speakers.map((speaker) => [speaker, fold])));
  const folds: Group[][] = speakerFolds.map(() => []);
  for (const clips of groups) {
    const fold = foldOf.get(clips[0].speaker ?? '');
    if (fold === undefined)
      throw new RangeError(`${clips[0].id}: speaker ${clips[0].speaker} is in none of the folds of ${name}`);
    for (const clip of clips) {
      const twin = clips.find((other) => other.contentHash === clip.contentHash);
      if (twin !== undefined && foldOf.get(twin.speaker ?? '') !== foldOf.get(clip.speaker ?? ''))
        throw new RangeError(
          `${clip.id} is identical to ${twin.id}, which is of another fold of ${name}; remove one of them`,
        );
    }
    folds[fold].push(clips);
  }
  return folds;
}

/** The groups in an order drawn by `seed`, the genders taking turns as far as they go. */
export function drawGroups(groups: readonly Group[], seed: string): Group[] {
  const drawn = new Map<string | undefined, number>();
  return shuffler(seedrandom.alea(seed))([...groups])
    .map((clips) => {
      const { gender } = clips[0];
      const turn = drawn.get(gender) ?? 0;
      drawn.set(gender, turn + 1);
      return { clips, turn };
    })
    .sort((a, b) => a.turn - b.turn)
    .map(({ clips }) => clips);
}
