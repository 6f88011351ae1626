/** Where the frames of pitch and energy lie: frame i is centred on i · hop, so a clip has 1 + floor(samples / hop). */
export interface FrameOptions {
  /** Distance of two frames, seconds. Default 0.01. */
  hopSeconds?: number;
  /** Length of a frame, seconds. Default 0.025. */
  frameSeconds?: number;
}

/** A frame further below the loudest one is a pause, dB: the rule of `trimSilence`. */
export const PAUSE_DB = -30;

/**
 * How loud each frame is: 20 log10 of its RMS, in dB of full scale. 0 dB is an RMS of 1, so a sine of full amplitude has
 * −3.01 dB (AES17 calls that 0). Silence has −Infinity. At both ends of the clip a frame is what is there of it.
 *
 * @param samples mono, full scale ±1
 * @returns (frames), dBFS
 * @throws RangeError for a rate, hop or frame that is not positive
 */
export function frameLevels(
  samples: Float32Array,
  sampleRateHz: number,
  { hopSeconds = 0.01, frameSeconds = 0.025 }: FrameOptions = {},
): Float32Array {
  if (!(sampleRateHz > 0) || !(hopSeconds > 0) || !(frameSeconds > 0))
    throw new RangeError(
      `levels need a rate, a hop and a frame above 0, not ${sampleRateHz} Hz, ${hopSeconds} s and ${frameSeconds} s`,
    );
  const hopSamples = Math.max(1, Math.round(hopSeconds * sampleRateHz));
  const frameSamples = Math.max(1, Math.round(frameSeconds * sampleRateHz));
  const levels = new Float32Array(1 + Math.floor(samples.length / hopSamples));
  for (let i = 0; i < levels.length; i++) {
    const start = i * hopSamples - (frameSamples >> 1);
    const frame = samples.subarray(Math.max(0, start), Math.max(0, start + frameSamples));
    let squares = 0;
    for (let j = 0; j < frame.length; j++) squares += frame[j] * frame[j];
    levels[i] = frame.length === 0 ? -Infinity : 10 * Math.log10(squares / frame.length);
  }
  return levels;
}

/**
 * How loud a clip's speech is: the level of the mean power of its active frames, those less than 30 dB below the loudest.
 *
 * @param levels (frames), dBFS, as of `frameLevels`
 * @returns dBFS; −Infinity for silence
 */
export function activeLevel(levels: Float32Array): number {
  const active = levels.filter(isActive(levels));
  let power = 0;
  for (const level of active) power += 10 ** (level / 10);
  return active.length === 0 ? -Infinity : 10 * Math.log10(power / active.length);
}

/** Whether a level belongs to speech rather than a pause among these; in silence none does. */
export function isActive(levels: Float32Array): (level: number) => boolean {
  const loudest = levels.reduce((most, level) => Math.max(most, level), -Infinity);
  return (level) => level > -Infinity && level >= loudest + PAUSE_DB;
}
