export interface TrimOptions {
  /** A frame is silent when its RMS is this far below the loudest frame's, dB. Default −30. */
  thresholdDb?: number;
  /** Kept before the first and after the last frame that is not silent, seconds. Default 0.05. */
  marginSeconds?: number;
  /** Length of a frame, seconds. Default 0.025. */
  frameSeconds?: number;
  /** Distance of two frames, seconds. Default 0.01. */
  hopSeconds?: number;
}

export interface Trimmed {
  /** A view of the input's samples startSample … endSample − 1. */
  samples: Float32Array;
  startSample: number;
  /** Exclusive. */
  endSample: number;
}

/**
 * Cuts silence off both ends by energy; pauses inside stay. Frames begin at multiples of the hop, the last one may be
 * short. Silence through and through is returned whole: there is nothing that it is silent against.
 *
 * @param samples mono
 * @throws RangeError for a threshold above 0, a negative margin, a frame or hop that is not positive, or a bad rate
 * Source: the rule of `librosa.effects.trim` (dB below the loudest frame), with frames that are not centred and a
 * margin; librosa's default threshold is 60 dB.
 */
export function trimSilence(
  samples: Float32Array,
  sampleRateHz: number,
  { thresholdDb = -30, marginSeconds = 0.05, frameSeconds = 0.025, hopSeconds = 0.01 }: TrimOptions = {},
): Trimmed {
  if (!(sampleRateHz > 0) || !(frameSeconds > 0) || !(hopSeconds > 0) || !(marginSeconds >= 0) || !(thresholdDb <= 0))
    throw new RangeError(
      'cannot trim: the rate, the frame and the hop must be positive, the margin not negative, the threshold not above 0 dB',
    );
  const frameSamples = Math.max(1, Math.round(frameSeconds * sampleRateHz));
  const hopSamples = Math.max(1, Math.round(hopSeconds * sampleRateHz));
  const marginSamples = Math.round(marginSeconds * sampleRateHz);

  const power: number[] = []; // mean square per frame // (frames)
  for (let start = 0; start < samples.length; start += hopSamples) {
    const frame = samples.subarray(start, start + frameSamples);
    power.push(frame.reduce((sum, sample) => sum + sample * sample, 0) / frame.length);
  }
  const threshold = power.reduce((most, p) => Math.max(most, p), 0) * 10 ** (thresholdDb / 10);
  const isLoud = (p: number) => p > 0 && p >= threshold;
  const first = power.findIndex(isLoud);
  if (first < 0) return { samples, startSample: 0, endSample: samples.length };
  const last = power.findLastIndex(isLoud);
  const startSample = Math.max(0, first * hopSamples - marginSamples);
  const endSample = Math.min(samples.length, last * hopSamples + frameSamples + marginSamples);
  return { samples: samples.subarray(startSample, endSample), startSample, endSample };
}
