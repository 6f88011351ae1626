import { hasPolyphase, resamplePolyphase } from './polyphase.js';
import { resampleBySpeex } from './speex.js';

/**
 * Samples at another rate, band-limited. Sample i of the output lies at the time of input sample i · fromHz / toHz:
 * the filter's delay is taken out and its tail is kept, so the length is round(n · toHz / fromHz). Beyond both ends
 * the signal counts as silence. Equal rates give a copy. Deterministic, and calls may overlap.
 *
 * The filter is SpeexDSP's of quality 10, by loops of our own, several times as fast as its; between rates that have too little
 * in common for that it is SpeexDSP itself.
 *
 * @param fromHz rate of `samples`, a positive integer
 * @param toHz rate of the result, a positive integer
 * @throws RangeError for a rate that is no positive integer
 * Source: SpeexDSP `resample.c` (`speex_resampler_skip_zeros` for the delay), by @echogarden/speex-resampler-wasm.
 */
export async function resample(samples: Float32Array, fromHz: number, toHz: number): Promise<Float32Array> {
  for (const rateHz of [fromHz, toHz])
    if (!Number.isInteger(rateHz) || rateHz < 1)
      throw new RangeError(`cannot resample from ${fromHz} Hz to ${toHz} Hz: rates are positive whole numbers`);
  if (fromHz === toHz) return samples.slice();
  return hasPolyphase(fromHz, toHz) ? resamplePolyphase(samples, fromHz, toHz) : resampleBySpeex(samples, fromHz, toHz);
}
