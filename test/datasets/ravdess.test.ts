import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadClip, makeSplit, openCorpus, summarise } from '../../pipeline/datasets/index.js';
import { describeWith } from '../support/needs.js';

const below = (folder: string) => `ravdess:${join(process.env.SERKIT_RAVDESS ?? '', folder)}`;

describeWith('ravdess', 'RAVDESS as published', () => {
  test('all 1440 clips are found, with the published counts', async () => {
    const summary = summarise(await openCorpus(below('ravdess')));
    expect(summary.clips).toBe(1440);
    expect(summary.problems).toBe(0);
    const { neutral, ...others } = summary.byLabel;
    expect(neutral).toBe(96);
    expect(new Set(Object.values(others))).toEqual(new Set([192]));
    expect(Object.keys(summary.byLabel)).toHaveLength(8);
    expect(summary.byGenderAndLabel.female).toEqual(summary.byGenderAndLabel.male);
    expect(summary.byIntensity).toEqual({ normal: 768, strong: 672 });
    expect(Object.values(summary.bySpeaker)).toEqual(new Array(24).fill(60));
  });

  test('the two identical clips are seen', async () => {
    const { identical } = summarise(await openCorpus(below('ravdess-48k-sample')));
    expect(identical).toEqual([['Actor_07/03-01-03-01-02-01-07.wav', 'Actor_07/03-01-03-01-02-02-07.wav']]);
  });

  test('folds are the published actors, 60 clips each', async () => {
    const corpus = await openCorpus(below('ravdess'));
    const published = [
      [2, 5, 14, 15, 16],
      [3, 6, 7, 13, 18],
      [10, 11, 12, 19, 20],
      [8, 17, 21, 23, 24],
      [1, 4, 9, 22],
    ];
    published.forEach((actors, fold) => {
      const split = makeSplit(corpus, { protocol: 'speaker-independent', fold, copies: 2, seed: 1 });
      expect([...new Set(split.test.map(({ clip }) => Number(clip.speaker)))]).toEqual(actors);
      expect(split.test).toHaveLength(actors.length * 60);
      expect(split.validation).toHaveLength(120);
      expect(split.train).toHaveLength((24 - actors.length - 2) * 60 * 3);
      expect(new Set(split.validation.map(({ clip }) => clip.gender)).size).toBe(2);
    });
  });

  test('the paper protocol has 3240 and 1080 of 4320', async () => {
    const split = makeSplit(await openCorpus(below('ravdess')), { protocol: 'paper', fold: 0, copies: 2, seed: 1 });
    expect([split.train.length, split.validation.length, split.test.length]).toEqual([3240, 0, 1080]);
    expect(split.leaks).toBe(true);
  });

  test('a clip is loaded at the rate asked for', async () => {
    const { clips } = await openCorpus(below('ravdess'));
    const samples = await loadClip(clips[0], 16_000);
    expect(samples.length / 16_000).toBeGreaterThan(2.9);
    expect(samples.length / 16_000).toBeLessThan(5.3);
  });
});
