import { type FrameOptions, frameLevels, isActive } from './energy.js';

export interface PitchOptions {
  /** Lowest pitch that is looked for, Hz. Default 60. */
  lowestHz?: number;
  /** Highest, Hz; a voice above it is unvoiced, never its octave below. Default 500. */
  highestHz?: number;
  /** The first dip below it is taken for the period, 0 (a perfect repetition) … 1. Default 0.1, as in the paper. */
  threshold?: number;
  /** Where there is none, the deepest is taken, if it is below this. Default 0.2. */
  voicing?: number;
  /** Distance of two frames, seconds. Default 0.01. */
  hopSeconds?: number;
  /** How much of the signal is compared with itself, seconds. Default 0.025, as in the paper. */
  windowSeconds?: number;
}

/**
 * Pitch (fundamental frequency) over time, by YIN. Frame t is centred on t · hop, as those of `frameLevels`. With
 *
 *     d(τ)  = Σ_j (x[j] − x[j + τ])²           over a window, both halves moved out by τ/2 from the frame's centre
 *     d′(τ) = d(τ) · τ / Σ_{k ≤ τ} d(k),  d′(0) = 1
 *
 * the period is the lag of the first dip of d′ below `threshold`, or else of the deepest (of several that are within 0.03,
 * the first), refined by a parabola through d around it (steps 2 to 5 of the paper). NaN, unvoiced, is a frame whose dip is
 * not below `voicing` or lies outside the range, one in a pause (30 dB below the loudest frame: the hum of a room is
 * periodic too), and one that the clip's ends cut.
 *
 * Deviations: the paper judges no voicing and takes the deepest dip however little deeper; its step 6, the search for a
 * better estimate in neighbouring frames, is left out.
 *
 * @param samples mono, any scale
 * @param sampleRateHz at least 4 times `highestHz`
 * @returns (frames), Hz or NaN
 * @throws RangeError for a range, rate, hop, window or threshold that makes no sense
 * Source: A. de Cheveigné, H. Kawahara, "YIN, a fundamental frequency estimator for speech and music", JASA 111(4), 2002.
 *
 * @example const hz = median(trackPitch(samples, 16_000).filter(Number.isFinite));
 */
export function trackPitch(samples: Float32Array, sampleRateHz: number, options: PitchOptions = {}): Float32Array {
  const {
    lowestHz = 60,
    highestHz = 500,
    threshold = 0.1,
    voicing = 0.2,
    hopSeconds = 0.01,
    windowSeconds = 0.025,
  } = options;
  if (!(lowestHz > 0) || !(highestHz > lowestHz) || !(sampleRateHz >= 4 * highestHz))
    throw new RangeError(
      `pitch of ${lowestHz} to ${highestHz} Hz can't be looked for at ${sampleRateHz} Hz: supported is 0 < lowest < highest ≤ rate / 4`,
    );
  if (!(threshold > 0 && threshold <= voicing && voicing < 1) || !(windowSeconds > 0))
    throw new RangeError(
      `pitch needs 0 < threshold ≤ voicing < 1 and a window above 0 s, not ${threshold}, ${voicing} and ${windowSeconds} s`,
    );
  const frames: FrameOptions = { hopSeconds, frameSeconds: windowSeconds };
  const levels = frameLevels(samples, sampleRateHz, frames);
  const speaks = isActive(levels);
  const search: Search = {
    windowSamples: Math.round(windowSeconds * sampleRateHz),
    longestLag: Math.ceil(sampleRateHz / lowestHz),
    threshold,
    voicing,
  };
  const hopSamples = Math.max(1, Math.round(hopSeconds * sampleRateHz));
  const signal = Float64Array.from(samples);
  return levels.map((level, t) => {
    if (!speaks(level)) return Number.NaN;
    const hz = sampleRateHz / periodAt(signal, t * hopSamples, search);
    return hz >= lowestHz && hz <= highestHz ? hz : Number.NaN;
  });
}

/** Two periods repeat as well as one: by how much a later dip has to be deeper than the one before it. */
const CLEARLY_DEEPER = 0.03;

interface Search {
  windowSamples: number;
  longestLag: number;
  threshold: number;
  voicing: number;
}

/** The period around a sample, in samples; NaN where nothing repeats. */
function periodAt(signal: Float64Array, centre: number, search: Search): number {
  const { windowSamples, longestLag, threshold, voicing } = search;
  const reach = (windowSamples + longestLag + 2) / 2;
  if (centre - reach < 0 || centre + reach > signal.length) return Number.NaN;
  let period = Number.NaN;
  let needed = voicing; // how deep the next dip has to be to be taken
  let sum = 0; // of d up to the lag
  let [beforeLast, last] = [0, 0]; // d of the two lags before
  let lastShare = 1; // d′ of the lag before
  for (let lag = 1; lag <= longestLag + 1; lag++) {
    const d = difference(signal, centre, windowSamples, lag);
    sum += d;
    const share = sum > 0 ? (d * lag) / sum : 1;
    if (share >= lastShare && (lastShare < threshold || lastShare < needed)) {
      period = lag - 1 + vertex(beforeLast, last, d);
      if (lastShare < threshold) break;
      needed = lastShare - CLEARLY_DEEPER;
    }
    [beforeLast, last, lastShare] = [last, d, share];
  }
  return period;
}

/** d(τ): 0 where the signal repeats after `lag`. Nearly all the work is here, in float64, which loops read twice as fast. */
function difference(signal: Float64Array, centre: number, windowSamples: number, lag: number): number {
  const start = centre - ((windowSamples + lag) >> 1);
  let sum = 0;
  for (let j = start; j < start + windowSamples; j++) {
    const step = signal[j] - signal[j + lag];
    sum += step * step;
  }
  return sum;
}

/** Where the parabola through (−1, a), (0, b), (1, c) is lowest, −½…½; 0 where they lie on a line. */
function vertex(a: number, b: number, c: number): number {
  const curvature = a - 2 * b + c;
  return curvature > 0 ? Math.min(0.5, Math.max(-0.5, (a - c) / (2 * curvature))) : 0;
}
