import seedrandom from 'seedrandom';
import { resample } from '../../../pipeline/audio/index.js';
import { renderVoice, voiceSampleRateHz } from '../../../pipeline/datasets/synthetic-voice.js';

/** Somebody speaking, by source and filter; at another rate resampled. */
export async function voice(seconds: number, sampleRateHz: number, seed = 'voice'): Promise<Float32Array> {
  const samples = renderVoice(
    {
      pitchHz: 140,
      rangeSemitones: 4,
      glideSemitones: -2,
      syllablesPerSecond: 4,
      loudnessDb: 6,
      tiltDbPerOctave: 0,
      jitter: 0.01,
      tremor: 0,
      breath: 0.1,
      formantScale: 1,
      durationSeconds: seconds,
    },
    seedrandom.alea(seed),
  );
  return resample(samples, voiceSampleRateHz, sampleRateHz);
}

export const silence = (seconds: number, sampleRateHz: number): Float32Array =>
  new Float32Array(Math.round(seconds * sampleRateHz));

/** @param level RMS, dBFS */
export function whiteNoise(seconds: number, sampleRateHz: number, level: number): Float32Array {
  const random = seedrandom.alea('noise');
  const scale = Math.sqrt(12) * 10 ** (level / 20);
  return silence(seconds, sampleRateHz).map(() => scale * (random() - 0.5));
}

export function join(...parts: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
