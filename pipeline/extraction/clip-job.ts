import { noisyCopy, REPORT_SNR_DB } from '../augmentation/white-noise.js';
import type { Clip } from '../datasets/corpus.js';
import { loadClip } from '../datasets/load-clip.js';
import type { Example } from '../datasets/split.js';
import { extractChunk, type FeatureSpec } from '../features/index.js';

/** What is extracted and cached as a whole: one chunk of a clip as recorded (`copy` 0) or of its n-th noisy copy. */
export interface Unit {
  copy: number;
  chunk: number;
}

/** One clip and what is wanted of it. Plain data: it crosses to worker threads. */
export interface ClipJob {
  clip: Clip;
  units: readonly Unit[];
  spec: FeatureSpec;
  seed: number;
}

/** The n-th noisy copy of a clip's samples: the same on every machine for a clip's content, a copy and a seed. */
function noisyCopyOf(recorded: Float32Array, { contentHash }: Clip, copy: number, seed: number): Float32Array {
  return noisyCopy(recorded, { key: `clip ${contentHash}, seed ${seed}`, copy, snrDb: REPORT_SNR_DB });
}

/** The samples of an example, as recorded (`copy` 0) or noisy, at a rate. */
export async function exampleSamples(
  { clip, copy }: Example,
  seed: number,
  sampleRateHz: number,
): Promise<Float32Array> {
  const recorded = await loadClip(clip, sampleRateHz);
  return copy === 0 ? recorded : noisyCopyOf(recorded, clip, copy, seed);
}

/**
 * Loads a clip once and extracts its units, each `(bands, frames)`, in their order.
 *
 * @throws what `loadClip` throws (it names the file), and an Error that names the clip where features cannot be had
 */
async function extractUnits({ clip, units, spec, seed }: ClipJob): Promise<Float32Array[]> {
  const recorded = await loadClip(clip, spec.sampleRateHz);
  const versions = new Map<number, Float32Array>([[0, recorded]]);
  try {
    return units.map(({ copy, chunk }) => {
      const samples = versions.get(copy) ?? noisyCopyOf(recorded, clip, copy, seed);
      versions.set(copy, samples);
      return extractChunk(samples, spec, chunk);
    });
  } catch (error) {
    throw new Error(`${clip.id}: ${(error as Error).message}`);
  }
}

/** The answer to one job: its units, each (bands, frames), or why the clip is bad. */
export type Reply = { kind: 'units'; units: Float32Array[] } | { kind: 'bad'; error: Error };

/** Never rejects: a bad clip is an answer. */
export async function answer(job: ClipJob): Promise<Reply> {
  try {
    return { kind: 'units', units: await extractUnits(job) };
  } catch (error) {
    return { kind: 'bad', error: error as Error };
  }
}
