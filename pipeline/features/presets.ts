import type { FeatureSpec } from './spec.js';

/**
 * 60 bands × 216 frames from 44.1 kHz: 2.5 s from 0.5 s and from 1.5 s, window 2048, hop 512. The report gives the
 * shape and two chunks, not how they are cut: that is ours.
 */
const paper: FeatureSpec = {
  kind: 'mel-spectrogram',
  sampleRateHz: 44_100,
  windowSamples: 2048,
  hopSamples: 512,
  melBands: 60,
  chunkSeconds: 2.5,
  chunkStartsSeconds: [0.5, 1.5],
};

/** The same shape and spans from 16 kHz audio, whose bands end at 8 kHz. */
const paper16k: FeatureSpec = { ...paper, sampleRateHz: 16_000, windowSamples: 1024, hopSamples: 186 };

/** Small, with two chunks, for the synthetic corpus' 1.2 to 2 s: 32 bands × 32 frames, 1 s from 0 s and from 0.6 s. */
const quick: FeatureSpec = {
  kind: 'mel-spectrogram',
  sampleRateHz: 16_000,
  windowSamples: 1024,
  hopSamples: 512,
  melBands: 32,
  chunkSeconds: 1,
  chunkStartsSeconds: [0, 0.6],
};

/** MFCC beside the mel spectrogram (the report's comparison, 3.1.3): two thirds as many coefficients as bands. */
const asMfcc = (spec: FeatureSpec, coefficients: number): FeatureSpec => ({ ...spec, kind: 'mfcc', coefficients });

export const featurePresets = {
  paper,
  'paper-16k': paper16k,
  'paper-mfcc': asMfcc(paper, 40),
  'paper-16k-mfcc': asMfcc(paper16k, 40),
  quick,
  'quick-mfcc': asMfcc(quick, 21),
  /** Small, for the synthetic corpus: 32 bands × 94 frames, one chunk of 1.5 s from the clip's start. */
  demo: {
    kind: 'mel-spectrogram',
    sampleRateHz: 16_000,
    windowSamples: 512,
    hopSamples: 256,
    melBands: 32,
    chunkSeconds: 1.5,
    chunkStartsSeconds: [0],
  },
} satisfies Record<string, FeatureSpec>;

export type FeaturePreset = keyof typeof featurePresets;
