import { rollup } from 'd3-array';
import type { Clip, Corpus } from './corpus.js';

/** What `data check` says about a corpus. Counts are of clips, in no order but that of labels; `unknown` stands for what the corpus does not say. */
export interface CorpusSummary {
  name: string;
  clips: number;
  /** In the order of the labels; a label without clips has 0. */
  byLabel: Record<string, number>;
  byGenderAndLabel: Record<string, Record<string, number>>;
  bySpeaker: Record<string, number>;
  byIntensity: Record<string, number>;
  /** Ids of clips with the same content, a list for each content that is there more than once. */
  identical: string[][];
  problems: number;
}

/** Counts a corpus' clips by everything that is known of them. */
export function summarise({ name, labels, clips, problems }: Corpus): CorpusSummary {
  const byLabel = (some: readonly Clip[]) => {
    const counts = rollup(
      some,
      (group) => group.length,
      ({ label }) => label,
    );
    return Object.fromEntries(labels.map((label) => [label, counts.get(label) ?? 0]));
  };
  const count = (key: (clip: Clip) => string | undefined) =>
    Object.fromEntries(
      rollup(
        clips,
        (group) => group.length,
        (clip) => key(clip) ?? 'unknown',
      ),
    );
  const ids = rollup(
    clips,
    (group) => group.map(({ id }) => id),
    ({ contentHash }) => contentHash,
  );
  return {
    name,
    clips: clips.length,
    byLabel: byLabel(clips),
    byGenderAndLabel: Object.fromEntries(rollup(clips, byLabel, ({ gender }) => gender ?? 'unknown')),
    bySpeaker: count(({ speaker }) => speaker),
    byIntensity: count(({ intensity }) => intensity),
    identical: [...ids.values()].filter((group) => group.length > 1),
    problems: problems.length,
  };
}
