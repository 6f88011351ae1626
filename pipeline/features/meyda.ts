import meydaModule from 'meyda';
import type { FeatureSpec } from './spec.js';

/** What is used of Meyda. Its own types leave `melBands` out and promise an ES module, which it is not in Node. */
interface Meyda {
  bufferSize: number;
  sampleRate: number;
  melBands: number;
  numberOfMFCCCoefficients: number;
  windowingFunction: string;
  melFilterBank?: number[][];
  /** The last frame, windowed. */
  signal?: ArrayLike<number>;
  barkScale?: Float32Array;
  chromaFilterBank?: number[][];
  extract(feature: 'melBands' | 'mfcc', frame: Float32Array): number[];
}

/**
 * One frame of `windowSamples` samples → its features, `(bands)` or `(coefficients)`, as Meyda 5.6.3 computes them:
 *
 * - window: symmetric Hann, w[n] = 0.5 − 0.5 cos(2πn / (N − 1)), not normalised
 * - power: |FFT|² of bins 0 … N/2 − 1 (the Nyquist bin is left out), not scaled by N
 * - mel(f) = 1125 ln(1 + f/700), its range from 0 to half the sample rate cut into bands + 1 equal steps; the edge e is
 *   moved to bin b(e) = floor((N + 1) · hz(e) / sampleRate); band j is a triangle from b(j) over 1 at b(j + 1) to
 *   b(j + 2), not normalised by its area. Too many bands for the window leave some without a bin: those are always 0
 * - mel spectrogram: ln(1 + Σ triangle · power), so 0 or more
 * - MFCC: c[k] = 2 Σ_j mel[j] cos(πk(j + ½) / bands), DCT-II without orthonormal scaling or liftering
 *
 * Meyda keeps its settings in the exported object and its filter bank beside them, which it renews only when the
 * number of bands changes, not with the rate or the window. So each call of this function works on a copy of that
 * object with settings and filter banks of its own: nobody else's settings reach these numbers, nor ours theirs.
 */
export function frameAnalyser(spec: FeatureSpec): (frame: Float32Array) => ArrayLike<number> {
  const meyda = meydaOf(spec);
  const feature = spec.kind === 'mfcc' ? 'mfcc' : 'melBands';
  return (frame) => meyda.extract(feature, frame);
}

/** The window and the mel filters with which Meyda computes a spec's frames: (windowSamples) and (bands, windowSamples / 2). */
export function meydaTables(spec: FeatureSpec): { window: Float32Array; filters: Float32Array[] } {
  const meyda = meydaOf(spec);
  meyda.extract('melBands', new Float32Array(spec.windowSamples).fill(1));
  return {
    window: Float32Array.from(meyda.signal!),
    filters: meyda.melFilterBank!.map((filter) => Float32Array.from(filter.slice(0, spec.windowSamples / 2))),
  };
}

function meydaOf(spec: FeatureSpec): Meyda {
  return {
    ...(meydaModule as unknown as Meyda),
    bufferSize: spec.windowSamples,
    sampleRate: spec.sampleRateHz,
    melBands: spec.melBands,
    numberOfMFCCCoefficients: spec.coefficients ?? 1, // more than melBands would widen the filter bank
    windowingFunction: 'hanning',
    melFilterBank: undefined,
    barkScale: undefined,
    chromaFilterBank: undefined,
  };
}
