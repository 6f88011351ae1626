import { beforeAll, describe, expect, test } from '@jest/globals';
import { deviation, mean, shuffler } from 'd3-array';
import seedrandom from 'seedrandom';
import type { Clip, Corpus } from '../../pipeline/datasets/corpus.js';
import { loadClip, makeSplit, openCorpus } from '../../pipeline/datasets/index.js';
import { softmaxRegression } from '../support/softmax-regression.js';

const sampleRateHz = 16_000;
const frameSamples = 1024;
const bands = 24;

/**
 * Mean, deviation over time and mean change of the log energy in 24 bands between 100 and 7000 Hz, evenly spaced in
 * mel: two-pole band passes in the time domain. // (72)
 */
function describeClip(samples: Float32Array): number[] {
  return Array.from({ length: bands }, (_, band) => {
    const mel = 150 + (band / (bands - 1)) * (2700 - 150);
    const hz = 700 * (Math.exp(mel / 1125) - 1);
    const track = bandEnergies(samples, hz, 0.15 * hz + 60);
    const changes = track.slice(1).map((value, i) => Math.abs(value - track[i]));
    return [mean(track)!, deviation(track)!, mean(changes)!];
  }).flat();
}

/** ln(mean square + 1e-8) of what a resonance lets through, frame by frame. // (frames) */
function bandEnergies(samples: Float32Array, hz: number, bandwidthHz: number): number[] {
  const radius = Math.exp((-Math.PI * bandwidthHz) / sampleRateHz);
  const b = 2 * radius * Math.cos((2 * Math.PI * hz) / sampleRateHz);
  const c = -radius * radius;
  const energies: number[] = [];
  let last = 0;
  let beforeLast = 0;
  for (let start = 0; start + frameSamples <= samples.length; start += frameSamples) {
    let sum = 0;
    for (let i = start; i < start + frameSamples; i++) {
      const output = (1 - radius) * samples[i] + b * last + c * beforeLast;
      beforeLast = last;
      last = output;
      sum += output * output;
    }
    energies.push(Math.log(sum / frameSamples + 1e-8));
  }
  return energies;
}

describe('the synthetic corpus is neither trivial nor hopeless', () => {
  let corpus: Corpus;
  const features = new Map<Clip, number[]>();

  beforeAll(async () => {
    corpus = await openCorpus('synthetic');
    for (const clip of corpus.clips) features.set(clip, describeClip(await loadClip(clip, sampleRateHz)));
  });

  /** Recall of each label on the speakers of fold 0, averaged, of a linear model that learnt from the others. */
  function unweightedAverageRecall(labelOf: (clip: Clip) => string): number {
    const split = makeSplit(corpus, { protocol: 'speaker-independent', fold: 0, copies: 0, seed: 0 });
    const train = split.train.map(({ clip }) => ({
      features: features.get(clip)!,
      label: corpus.labels.indexOf(labelOf(clip)),
    }));
    const test = split.test.map(({ clip }) => clip);
    const predicted = softmaxRegression(
      train,
      test.map((clip) => features.get(clip)!),
      { classes: corpus.labels.length },
    );
    return mean(corpus.labels, (label, index) => {
      const hits = test.flatMap((clip, i) => (labelOf(clip) === label ? [predicted[i] === index ? 1 : 0] : []));
      return mean(hits)!;
    })!;
  }

  test('a linear model reaches 60 to 90 % on speakers it never heard', () => {
    const recall = unweightedAverageRecall(({ label }) => label);
    expect(recall).toBeGreaterThan(0.6);
    expect(recall).toBeLessThan(0.9);
  });

  test('and chance where labels are shuffled', () => {
    const shuffled = shuffler(seedrandom.alea('shuffled labels'))(corpus.clips.map(({ label }) => label));
    const labelOf = new Map(corpus.clips.map((clip, i) => [clip, shuffled[i]]));
    const chance = 1 / corpus.labels.length;
    const testClips = 105; // three of twelve speakers
    const samplingError = Math.sqrt((chance * (1 - chance)) / testClips);
    expect(Math.abs(unweightedAverageRecall((clip) => labelOf.get(clip)!) - chance)).toBeLessThan(3 * samplingError);
  });
});
