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

/**
 * The arrays behind a spec. Window and filters are Meyda's own, asked of it; the cosines are those of its formula
 * (`frameAnalyser`), 2 cos(πk(j + ½) / bands).
 */
export function frontEndArrays(spec: FeatureSpec, { mean, deviation }: Normalisation): FrontEndArrays {
  const { window, filters } = meydaTables(spec);
  const { coefficients, melBands, hopSamples } = spec;
  const cosinesOf = (k: number) =>
    Float32Array.from({ length: melBands }, (_, j) => 2 * Math.cos((Math.PI * k * (j + 0.5)) / melBands));
  return {
    chunkSamples: chunkSamples(spec),
    chunkStarts: spec.chunkStartsSeconds.map((seconds) => Math.round(seconds * spec.sampleRateHz)),
    hopSamples,
    window,
    filters,
    cosines: coefficients === undefined ? undefined : Array.from({ length: coefficients }, (_, k) => cosinesOf(k)),
    mean,
    deviation,
  };
}
