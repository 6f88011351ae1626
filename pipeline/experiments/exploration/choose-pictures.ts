import type { Clip, Corpus } from '../../datasets/corpus.js';
import { type Chosen, chooseClip } from './choose-clip.js';
import { pictured } from './published.js';

/**
 * The clip of each figure that shows one, by the figure's id: figures 8 to 11 as the report describes them, figure 1 for
 * those up to 3, and figure 13 where the corpus is CREMA-D.
 */
export function choosePictures(corpus: Pick<Corpus, 'name'>, clips: readonly Clip[]): Record<string, Chosen> {
  const { 'figure-13': ofCremaD, ...ofAny } = pictured;
  const wanted = { ...ofAny, ...(corpus.name === 'crema-d' ? { 'figure-13': ofCremaD } : {}) };
  return Object.fromEntries(Object.entries(wanted).map(([figure, of]) => [figure, chooseClip(clips, of)]));
}
