import { meydaTables } from './meyda.js';
import type { Normalisation } from './normalisation.js';
import { chunkSamples, type FeatureSpec } from './spec.js';

/** What `extractFeatures` and `normalise` do, as plain arrays: for those who compute the same elsewhere. */
export interface FrontEndArrays {
  chunkSamples: number;
  /** Where each chunk begins, samples from the clip's start. */
  chunkStarts: number[];
  hopSamples: number;
  window: Float32Array; // (windowSamples)
  /** Meyda's mel filters. */
  filters: Float32Array[]; // (bands, windowSamples / 2)
  /** MFCC: the transform of the bands. */
  cosines?: Float32Array[]; // (coefficients, bands)
  mean: number[];
  deviation: number[];
}

/** The arrays behind a spec: window, filters and cosines are those of `meydaTables`. */
export function frontEndArrays(spec: FeatureSpec, { mean, deviation }: Normalisation): FrontEndArrays {
  const { window, filters, cosines } = meydaTables(spec);
  return {
    chunkSamples: chunkSamples(spec),
    chunkStarts: spec.chunkStartsSeconds.map((seconds) => Math.round(seconds * spec.sampleRateHz)),
    hopSamples: spec.hopSamples,
    window,
    filters,
    cosines: spec.kind === 'mfcc' ? cosines : undefined,
    mean,
    deviation,
  };
}
