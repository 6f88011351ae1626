/** A filter at work: samples go in as they come, samples at the other rate come out as soon as they are known. */
export interface StreamingResampler {
  /**
   * The next samples, any number of them.
   *
   * @returns what they complete, in an array of its own; it lags half a filter behind: 128 samples of the lower rate
   * @throws Error after `end` or `release`
   */
  push(samples: Float32Array): Float32Array;
  /** The filter's tail, as if silence followed: all output together is round(n · toHz / fromHz) long. Frees the filter. */
  end(): Float32Array;
  /** Frees the filter. Harmless when it is free. */
  release(): void;
}

/**
 * Resamples a signal piece by piece. The output does not depend on how the signal was cut: joined, it is that of
 * `resample` over the whole, to the bit. Time does not drift, over hours either: the position is kept in whole numbers.
 * Equal rates pass through. The filter is SpeexDSP's of quality 10, by our own loops some ten times as fast as its; between
 * rates that have too little in common for that it is SpeexDSP itself, which is then fetched.
 *
 * @param fromHz rate of what is pushed, a positive integer
 * @param toHz rate of what comes out, a positive integer
 * @throws RangeError for a rate that is no positive integer
 */
export async function createResampler(fromHz: number, toHz: number): Promise<StreamingResampler> {
  for (const rateHz of [fromHz, toHz])
    if (!Number.isInteger(rateHz) || rateHz < 1)
      throw new RangeError(`cannot resample from ${fromHz} Hz to ${toHz} Hz: rates are positive whole numbers`);
  if (fromHz === toHz) return passThrough();
  const { createPolyphaseResampler, hasPolyphase } = await import('./polyphase.js');
  if (hasPolyphase(fromHz, toHz)) return createPolyphaseResampler(fromHz, toHz);
  const { createSpeexResampler } = await import('./speex.js');
  return createSpeexResampler(fromHz, toHz);
}

function passThrough(): StreamingResampler {
  let open = true;
  const assertOpen = () => {
    if (!open) throw new Error('the resampler has ended: make another one for another signal');
  };
  const release = () => {
    open = false;
  };
  return {
    push: (samples) => {
      assertOpen();
      return samples.slice();
    },
    end: () => {
      assertOpen();
      release();
      return new Float32Array();
    },
    release,
  };
}
