import type { Clip } from '../../datasets/corpus.js';

/** A figure's clip, as the report describes it. */
export interface Wanted {
  gender?: 'female' | 'male';
  label?: string;
  intensity?: 'normal' | 'strong';
  statement?: 'kids' | 'dogs';
}

export interface Chosen {
  clip: Clip;
  /** What of the description the clip does not meet, a sentence each. */
  instead: string[];
}

/** What stands for an emotion that a corpus does not have: the first of its neighbours in arousal that it has. */
const neighbours: Readonly<Record<string, readonly string[]>> = {
  angry: ['anger', 'fearful', 'happy', 'surprised', 'disgust'],
  neutral: ['calm', 'sad'],
};

/** CREMA-D's words for intensity beside RAVDESS'. */
const intensityNames: Readonly<Record<string, readonly string[]>> = {
  strong: ['strong', 'HI'],
  normal: ['normal', 'MD', 'XX'],
};

/**
 * The clip of a corpus that fits a figure's description. Gender, emotion, intensity and sentence are asked for in turn;
 * what no clip that is left has is passed over, and said: an emotion is then replaced by its nearest neighbour. Where a
 * corpus doesn't know the sentences "kids" and "dogs", its first and second sentence stand for them, and where it knows
 * none, the first and second clip of the speaker. Of all that is left it is the first: first speaker, first repetition.
 *
 * @throws RangeError for no clips
 */
export function chooseClip(clips: readonly Clip[], wanted: Wanted): Chosen {
  if (clips.length === 0) throw new RangeError('there is no clip to choose from');
  const instead: string[] = [];
  let left = clips;
  const narrow = (matches: (clip: Clip) => boolean, otherwise: string) => {
    const some = left.filter(matches);
    if (some.length > 0) left = some;
    else instead.push(otherwise);
  };
  const { gender, label, intensity, statement } = wanted;
  if (gender) narrow((clip) => clip.gender === gender, `no clip is known to be of a ${gender} speaker`);
  if (label) {
    const nearest = [label, ...(neighbours[label] ?? [])].find((name) => left.some((clip) => clip.label === name));
    const taken = nearest ?? left[0].label;
    if (taken !== label) instead.push(`no clip is labelled ${label}: ${taken} instead`);
    left = left.filter((clip) => clip.label === taken);
  }
  if (intensity)
    narrow(
      (clip) => intensityNames[intensity].includes(clip.intensity ?? ''),
      `no such clip is of ${intensity} intensity`,
    );
  if (statement && left.some((clip) => clip.statement === statement))
    left = left.filter((clip) => clip.statement === statement);
  else if (statement) return chooseByRank(left, statement === 'kids' ? 0 : 1, statement, instead);
  return { clip: left[0], instead };
}

/** Another sentence, or where sentences aren't known, another clip of the first speaker. */
function chooseByRank(left: readonly Clip[], rank: number, statement: string, instead: string[]): Chosen {
  const sentences = [...new Set(left.map((clip) => clip.statement))].sort();
  const nth = rank === 0 ? 'first' : 'second';
  const known = sentences.length > 1 || sentences[0] !== undefined;
  const some = known
    ? left.filter((clip) => clip.statement === sentences[Math.min(rank, sentences.length - 1)])
    : left.filter((clip) => clip.speaker === left[0].speaker);
  const clip = known ? some[0] : some[Math.min(rank, some.length - 1)];
  const which = known
    ? `the corpus' ${nth} sentence, ${clip.statement}, instead`
    : `the speaker's ${nth} such clip instead`;
  return { clip, instead: [...instead, `the sentence “${statement}” is not known here: ${which}`] };
}
