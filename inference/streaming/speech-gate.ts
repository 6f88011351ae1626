import { activeLevel, frameLevels } from '../../pipeline/features/energy.js';
import type { VoiceActivityMode } from './voice-activity.js';

/** What counts as speech in a window. All three must hold. */
export interface SpeechGate {
  /** The quietest speech, dBFS: RMS of the frames less than 30 dB below the window's loudest. Default −60. */
  minLevelDbfs: number;
  /** How much the level must move within a window, dB from its 10th to its 90th percentile. Default 6. */
  minSpreadDb: number;
  /** Least share of frames of 20 ms in which the voice-activity detector hears a voice, 0…1. Default 0.25. */
  minVoicedShare: number;
  /** How strict the detector is, 0…3. Default 2. */
  mode: VoiceActivityMode;
}

/**
 * Level and voice activity, and between them that the level moves as syllables do: the detector alone takes loud noise and
 * tones for voice. Spread of the level measured in windows of 2.5 s: tones 0 dB, white noise 1, low rumble 5, wind up to 7;
 * RAVDESS (80 clips) from 12.9 (1 s of trimmed speech: from 7.6). Active level there: from −55.7 dBFS. Voiced share of
 * windows there: from .41; of clicks at 2 Hz .16. Music and other people's talk pass.
 */
export const defaultSpeechGate: SpeechGate = { minLevelDbfs: -60, minSpreadDb: 6, minVoicedShare: 0.25, mode: 2 };

/** The level of digital silence, which has none: what JSON can say. */
export const SILENCE_DBFS = -120;

export interface Loudness {
  /** Of the mean power of active frames, dBFS (a full sine has −3); at least −120. */
  levelDbfs: number;
  spreadDb: number;
}

/** How loud a window is, in frames of 25 ms, 10 ms apart. */
export function measureLoudness(samples: Float32Array, sampleRateHz: number): Loudness {
  const levels = frameLevels(samples, sampleRateHz);
  const sorted = levels.map((level) => Math.max(level, SILENCE_DBFS)).sort();
  const percentile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))];
  return {
    levelDbfs: Math.max(SILENCE_DBFS, activeLevel(levels)),
    spreadDb: percentile(0.9) - percentile(0.1),
  };
}

export function isSpeech({ levelDbfs, spreadDb }: Loudness, voicedShare: number, gate: SpeechGate): boolean {
  return levelDbfs >= gate.minLevelDbfs && spreadDb >= gate.minSpreadDb && voicedShare >= gate.minVoicedShare;
}

/**
 * @param given `false` for none: every window is labelled, whatever is in it
 * @returns the gate by which `speech` is told, and whether what is no speech goes unlabelled
 * @throws TypeError for another kind of value, RangeError for one out of range
 */
export function toSpeechGate(given: Partial<SpeechGate> | boolean = true): { gate: SpeechGate; closed: boolean } {
  if (typeof given === 'boolean') return { gate: defaultSpeechGate, closed: given };
  if (typeof given !== 'object' || given === null)
    throw new TypeError('gate must be true, false or an object of minLevelDbfs, minSpreadDb, minVoicedShare, mode');
  const gate = { ...defaultSpeechGate, ...given };
  for (const [name, value, low, high] of [
    ['minLevelDbfs', gate.minLevelDbfs, SILENCE_DBFS, 0],
    ['minSpreadDb', gate.minSpreadDb, 0, SILENCE_DBFS * -1],
    ['minVoicedShare', gate.minVoicedShare, 0, 1],
    ['mode', gate.mode, 0, 3],
  ] as const)
    if (!(value >= low && value <= high))
      throw new RangeError(`gate: ${name} ${value} is not supported (supported: ${low} to ${high})`);
  if (!Number.isInteger(gate.mode))
    throw new RangeError(`gate: mode ${gate.mode} is not supported (supported: 0, 1, 2, 3)`);
  return { gate, closed: true };
}
