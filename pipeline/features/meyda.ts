import meydaModule from 'meyda';
import type { FrameFeature, FrameSettings } from './frames.js';

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
  chromaBands: number;
  chromaFilterBank?: number[][];
  extract(feature: FrameFeature, frame: Float32Array): ArrayLike<number> | number;
}

/**
 * One frame of `windowSamples` samples → its features as Meyda 5.6.3 computes them. This is the definition of our numbers;
 * `analyseFrames` is the faster way to them.
 *
 * - window: symmetric Hann, w[n] = 0.5 − 0.5 cos(2πn / (N − 1)), not normalised
 * - amplitude spectrum: |FFT| of bins 0 … N/2 − 1 (the Nyquist bin is left out), not scaled by N; power spectrum: its square
 * - rms: the root of the mean square of the windowed frame
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
export function frameAnalyser(settings: FrameSettings): (frame: Float32Array) => Float32Array {
  const meyda = meydaOf(settings);
  return (frame) => {
    const values = meyda.extract(settings.feature, frame);
    return typeof values === 'number' ? Float32Array.of(values) : Float32Array.from(values);
  };
}

/** With what Meyda computes the frames of some settings. */
export interface MeydaTables {
  window: Float32Array; // (windowSamples)
  /** Mel filters. */
  filters: Float32Array[]; // (bands, windowSamples / 2)
  /** MFCC: the transform of the bands, 2 cos(πk(j + ½) / bands); empty for other features. */
  cosines: Float32Array[]; // (coefficients, bands)
}

/** Window and filters are asked of Meyda itself, the cosines are by its formula. */
export function meydaTables(settings: Omit<FrameSettings, 'feature'>): MeydaTables {
  const { windowSamples, melBands, coefficients = 0 } = settings;
  const meyda = meydaOf(settings);
  meyda.extract('rms', new Float32Array(windowSamples).fill(1));
  const cosinesOf = (k: number) =>
    Float32Array.from({ length: melBands }, (_, j) => 2 * Math.cos((Math.PI * k * (j + 0.5)) / melBands));
  return {
    window: Float32Array.from(meyda.signal!),
    filters: meyda.melFilterBank!.map((filter) => Float32Array.from(filter.slice(0, windowSamples / 2))),
    cosines: Array.from({ length: coefficients }, (_, k) => cosinesOf(k)),
  };
}

function meydaOf(settings: Omit<FrameSettings, 'feature'>): Meyda {
  const meyda = meydaModule as unknown as Meyda;
  return {
    ...meyda,
    bufferSize: settings.windowSamples,
    sampleRate: settings.sampleRateHz,
    melBands: settings.melBands,
    numberOfMFCCCoefficients: settings.coefficients ?? 1, // more than melBands would widen the filter bank
    windowingFunction: 'hanning',
    melFilterBank: undefined,
    barkScale: undefined,
    chromaFilterBank: new Array(meyda.chromaBands), // nobody looks into it; a missing one would be made, which takes longest
  };
}
