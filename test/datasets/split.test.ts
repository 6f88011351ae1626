import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Clip, Corpus } from '../../pipeline/datasets/corpus.js';
import { type Example, makeSplit, openCorpus, speakerIndependentSplit } from '../../pipeline/datasets/index.js';
import { groupClips } from '../../pipeline/datasets/speaker-groups.js';

const clip = (i: number, speaker: string | undefined, content = `content ${i}`): Clip => ({
  id: `${i}.wav`,
  source: { kind: 'file', path: `/${i}.wav` },
  label: ['happy', 'sad'][i % 2],
  speaker,
  gender: speaker === undefined ? undefined : Number(speaker) % 2 === 1 ? 'male' : 'female',
  contentHash: content,
});
const corpusOf = (clips: Clip[]): Corpus => ({ name: 'made', labels: ['happy', 'sad'], clips, problems: [] });

/** Corpora of 14 speakers, a few clips identical to a clip of another speaker; joined so, at least 8 groups remain. */
const corpora = fc
  .array(fc.record({ speaker: fc.nat(13), twin: fc.nat(30) }), { minLength: 20, maxLength: 60 })
  .map((drawn) => {
    const everySpeaker = Array.from({ length: 14 }, (_, speaker) => ({ speaker, twin: 30 }));
    return corpusOf(
      [...drawn, ...everySpeaker].map(({ speaker, twin }, i) =>
        clip(i, String(speaker), twin < 3 ? `twin ${twin}` : undefined),
      ),
    );
  })
  .filter(({ clips }) => groupClips(clips).length >= 8);

const contents = (side: Example[]) => new Set(side.map(({ clip }) => clip.contentHash));
const speakers = (side: Example[]) => new Set(side.map(({ clip }) => clip.speaker));
const overlap = <T>(a: Set<T>, b: Set<T>) => [...a].filter((value) => b.has(value));

describe('speaker-independent', () => {
  test('nobody and nothing is on two sides, and nothing is lost', () => {
    fc.assert(
      fc.property(corpora, fc.nat(3), fc.nat(100), fc.nat(2), (corpus, fold, seed, copies) => {
        const { train, validation, test, leaks } = speakerIndependentSplit(corpus, { fold, folds: 4, copies, seed });
        expect(leaks).toBe(false);
        const sides = [train, validation, test];
        for (const [a, b] of [
          [0, 1],
          [0, 2],
          [1, 2],
        ]) {
          expect(overlap(speakers(sides[a]), speakers(sides[b]))).toEqual([]);
          expect(overlap(contents(sides[a]), contents(sides[b]))).toEqual([]);
        }
        expect(new Set(sides.flat().map(({ clip }) => clip)).size).toBe(corpus.clips.length);
        expect([...validation, ...test].every(({ copy }) => copy === 0)).toBe(true);
        expect(sides.flat()).toHaveLength(corpus.clips.length + copies * new Set(train.map((e) => e.clip)).size);
        expect(train.length > 0 && validation.length > 0 && test.length > 0).toBe(true);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test('each clip is tested in exactly one fold', () => {
    fc.assert(
      fc.property(corpora, fc.nat(100), (corpus, seed) => {
        const tested = [0, 1, 2, 3].flatMap(
          (fold) => speakerIndependentSplit(corpus, { fold, folds: 4, copies: 1, seed }).test,
        );
        expect(tested.map(({ clip }) => clip.id).sort()).toEqual(corpus.clips.map(({ id }) => id).sort());
      }),
      { numRuns: 30, seed: 2 },
    );
  });

  test('the same seed gives the same split, another seed another', async () => {
    const corpus = await openCorpus('synthetic');
    const split = (seed: number) => makeSplit(corpus, { protocol: 'speaker-independent', fold: 1, copies: 1, seed });
    expect(split(3)).toEqual(split(3));
    expect(speakers(split(3).test)).not.toEqual(speakers(split(4).test));
  });

  test('folds are even, and validation has a woman and a man', async () => {
    const corpus = await openCorpus('synthetic');
    const splits = [0, 1, 2, 3, 4].map((fold) =>
      makeSplit(corpus, { protocol: 'speaker-independent', fold, copies: 2, seed: 0 }),
    );
    expect(splits.map(({ test }) => test.length).sort()).toEqual([105, 105, 70, 70, 70]);
    for (const { validation, test } of splits) {
      expect(new Set(validation.map(({ clip }) => clip.gender))).toEqual(new Set(['female', 'male']));
      expect(new Set(test.map(({ clip }) => clip.gender))).toEqual(new Set(['female', 'male']));
    }
  });

  test('clips without a speaker are dealt one by one, labels evenly, and the split says that it leaks', () => {
    const corpus = corpusOf(Array.from({ length: 100 }, (_, i) => clip(i, undefined, i < 2 ? 'twins' : undefined)));
    const { train, validation, test, leaks } = speakerIndependentSplit(corpus, { fold: 0, copies: 0, seed: 0 });
    expect(leaks).toBe(true);
    expect(train.length + validation.length + test.length).toBe(100);
    expect(test.length).toBe(20);
    expect(validation.length).toBeGreaterThanOrEqual(8);
    const happy = test.filter(({ clip }) => clip.label === 'happy').length;
    expect(Math.abs(happy - 10)).toBeLessThanOrEqual(1);
  });

  test('published folds are used as they are, and identical clips across them refused', () => {
    const clips = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => clip(i, String(i % 4)));
    const corpus = { ...corpusOf(clips), speakerFolds: [['2'], ['0', '1', '3']] };
    const options = { folds: 2, copies: 0, seed: 0, validationSpeakers: 1 };
    expect(speakers(speakerIndependentSplit(corpus, { ...options, fold: 0 }).test)).toEqual(new Set(['2']));
    expect(() => speakerIndependentSplit(corpus, { ...options, fold: 0, folds: 5 })).toThrow(
      'its published ones are 2',
    );
    const across = { ...corpus, clips: [...clips, clip(8, '2', clips[0].contentHash)] };
    expect(() => speakerIndependentSplit(across, { ...options, fold: 0 })).toThrow(
      /^8\.wav is identical to 0\.wav, which is of another fold of made; remove one of them$/,
    );
  });

  test.each([
    [{ fold: 5 }, 'fold 5 does not exist (supported: 0 to 4)'],
    [{ fold: -1 }, 'fold -1 does not exist'],
    [{ folds: 1 }, 'folds 1 is not an integer of 2 or more'],
    [{ copies: 1.5 }, 'copies 1.5 is not an integer of 0 or more'],
    [{ folds: 20 }, 'synthetic: 20 folds need 20 speakers, there are 12'],
    [{ validationSpeakers: 9 }, 'synthetic: 9 validation speakers need 10 on the training side of fold 0, there are 9'],
  ])('%j is refused', async (wrong, message) => {
    const corpus = await openCorpus('synthetic');
    const options = { fold: 0, copies: 0, seed: 0, ...wrong };
    expect(() => speakerIndependentSplit(corpus, options)).toThrow(RangeError);
    expect(() => speakerIndependentSplit(corpus, options)).toThrow(message);
  });
});

describe('paper', () => {
  test('a quarter of all copies, drawn at random; it leaks and says so', () => {
    const corpus = corpusOf(Array.from({ length: 40 }, (_, i) => clip(i, String(i % 4))));
    const split = (seed: number) => makeSplit(corpus, { protocol: 'paper', fold: 0, copies: 2, seed });
    const { train, validation, test, leaks } = split(1);
    expect([train.length, validation.length, test.length, leaks]).toEqual([90, 0, 30, true]);
    expect(new Set([...train, ...test].map(({ clip, copy }) => `${clip.id} ${copy}`)).size).toBe(120);
    expect(overlap(contents(train), contents(test)).length).toBeGreaterThan(0);
    expect(split(1)).toEqual(split(1));
    expect(split(2)).not.toEqual(split(1));
    expect(() => makeSplit(corpus, { protocol: 'paper', fold: 1, copies: 2, seed: 1 })).toThrow('only 0');
  });
});
