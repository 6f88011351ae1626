import { quantile } from 'd3-array';
import type { Clip } from '../../datasets/corpus.js';
import { loadClip } from '../../datasets/index.js';
import { activeLevel, frameLevels, isActive } from '../../features/energy.js';
import { trackPitch } from '../../features/pitch.js';
import type { Measures } from './exploration.js';
import { rounded } from './picture-clip.js';

/** Speech has its pitch and its power below 8 kHz, whatever rate it was recorded at. */
export const MEASURED_AT_HZ = 16_000;

/** Pitch and energy of a clip's speech. */
export function measureSamples(samples: Float32Array, sampleRateHz: number): Measures {
  const levels = frameLevels(samples, sampleRateHz);
  const active = levels.filter(isActive(levels));
  const level = activeLevel(levels);
  const pitches = trackPitch(samples, sampleRateHz).filter((hz) => !Number.isNaN(hz));
  const at = (values: Float32Array, share: number) => quantile(values, share) ?? Number.NaN;
  return {
    pitchHz: finite(at(pitches, 0.5), 1),
    pitchRangeSemitones: finite(12 * Math.log2(at(pitches, 0.9) / at(pitches, 0.1)), 2),
    levelDb: finite(level, 2),
    levelRangeDb: finite(at(active, 0.9) - at(active, 0.1), 2),
  };
}

/** The answer to one job: the measures, or why the clip is bad. */
export type Measurement = { kind: 'measures'; measures: Measures } | { kind: 'bad'; reason: string };

/** Never rejects: a bad clip is an answer. */
export async function measureClip(clip: Clip): Promise<Measurement> {
  try {
    return { kind: 'measures', measures: measureSamples(await loadClip(clip, MEASURED_AT_HZ), MEASURED_AT_HZ) };
  } catch (error) {
    return { kind: 'bad', reason: (error as Error).message };
  }
}

const finite = (value: number, decimals: number) => (Number.isFinite(value) ? rounded(value, decimals) : null);
