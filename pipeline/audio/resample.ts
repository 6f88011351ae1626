import { createResampler } from './streaming-resampler.js';

/**
 * Samples at another rate, band-limited. Sample i of the output lies at the time of input sample i · fromHz / toHz:
 * the filter's delay is taken out and its tail is kept, so the length is round(n · toHz / fromHz). Beyond both ends
 * the signal counts as silence. Equal rates give a copy. Deterministic, and calls may overlap.
 *
 * @param fromHz rate of `samples`, a positive integer
 * @param toHz rate of the result, a positive integer
 * @throws RangeError for a rate that is no positive integer
 * Source: SpeexDSP, by `createResampler`, which does the same piece by piece.
 */
export async function resample(samples: Float32Array, fromHz: number, toHz: number): Promise<Float32Array> {
  const resampler = await createResampler(fromHz, toHz);
  try {
    const body = resampler.push(samples);
    const tail = resampler.end();
    const resampled = new Float32Array(body.length + tail.length);
    resampled.set(body);
    resampled.set(tail, body.length);
    return resampled;
  } finally {
    resampler.release();
  }
}
