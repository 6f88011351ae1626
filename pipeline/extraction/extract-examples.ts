import { availableParallelism } from 'node:os';
import { group } from 'd3-array';
import type { Clip } from '../datasets/corpus.js';
import type { Example } from '../datasets/split.js';
import { type FeatureSpec, featureShape } from '../features/index.js';
import { openCache } from './cache.js';
import type { ClipJob, Unit } from './clip-job.js';
import { runJobs } from './run-jobs.js';

export interface ExtractionOptions {
  spec: FeatureSpec;
  /** Where features are kept and looked for; without one they are extracted each time. */
  cacheFolder?: string;
  /** Threads; 0 extracts on the calling one. Default: as many as there are cores. */
  workers?: number;
  /** Told after each clip how many examples are done, those from the cache included. */
  onProgress?: (done: number, total: number) => void;
  /** Abort stops between two clips; what the cache holds by then is whole and serves the next run. */
  signal?: AbortSignal;
  /** A bad clip is listed and its examples are null, instead of ending it all. Default: false. */
  skipBad?: boolean;
}

export interface Extraction {
  /** Of each example, in order: (chunks, bands, frames), or null for an example of a bad clip. */
  features: (Float32Array | null)[];
  bad: { clip: Clip; reason: string }[];
  /** How many examples came whole from the cache. */
  fromCache: number;
  /** Damaged cache files that were extracted again. */
  notes: readonly string[];
}

/**
 * The features of each example, in order: extracted once, on all cores, and cached. Copy n ≥ 1 of a clip has white
 * noise that depends on the clip's content, n and `seed` alone. Clips of equal content are extracted once.
 *
 * @throws the first bad clip's error, which names its file (unless `skipBad`); the signal's reason when aborted
 */
export async function extractExamples(
  examples: readonly Example[],
  seed: number,
  options: ExtractionOptions,
): Promise<Extraction> {
  const { spec, cacheFolder, workers = availableParallelism(), onProgress, signal, skipBad = false } = options;
  const [chunks, bands, frames] = featureShape(spec);
  const chunkSize = bands * frames;
  const cache = cacheFolder === undefined ? undefined : await openCache(cacheFolder, spec, seed);
  const features: (Float32Array | null)[] = examples.map(() => new Float32Array(chunks * chunkSize));
  const byContent = group(examples.keys(), (i) => examples[i].clip.contentHash); // hash → indices of its examples
  const reasons = new Map<string, string>(); // hash → why the clip is bad

  const place = (contentHash: string, { copy, chunk }: Unit, values: Float32Array) => {
    for (const i of byContent.get(contentHash)!)
      if (examples[i].copy === copy) features[i]!.set(values, chunk * chunkSize);
  };

  let fromCache = 0;
  const jobs: ClipJob[] = [];
  for (const [contentHash, indices] of byContent) {
    signal?.throwIfAborted();
    const missing: Unit[] = [];
    for (const copy of new Set(indices.map((i) => examples[i].copy)))
      for (let chunk = 0; chunk < chunks; chunk++) {
        const values = await cache?.read(contentHash, { copy, chunk });
        if (values) place(contentHash, { copy, chunk }, values);
        else missing.push({ copy, chunk });
      }
    const missed = new Set(missing.map(({ copy }) => copy));
    fromCache += indices.filter((i) => !missed.has(examples[i].copy)).length;
    if (missing.length > 0) jobs.push({ clip: examples[indices[0]].clip, units: missing, spec, seed });
  }

  const countWaiting = (job: ClipJob) => {
    const copies = new Set(job.units.map(({ copy }) => copy));
    return byContent.get(job.clip.contentHash)!.filter((i) => copies.has(examples[i].copy)).length;
  };
  let done = fromCache;
  onProgress?.(done, examples.length);
  await runJobs(jobs, workers, signal, async (job, reply) => {
    const { contentHash } = job.clip;
    if (reply.kind === 'bad') {
      if (!skipBad) throw reply.error;
      reasons.set(contentHash, reply.error.message);
      for (const i of byContent.get(contentHash)!) features[i] = null;
    } else
      for (const [u, values] of reply.units.entries()) {
        place(contentHash, job.units[u], values);
        await cache?.write(contentHash, job.units[u], values);
      }
    done += countWaiting(job);
    onProgress?.(done, examples.length);
  });
  const bad = [...new Set(examples.map(({ clip }) => clip))]
    .filter((clip) => reasons.has(clip.contentHash))
    .map((clip) => ({ clip, reason: reasons.get(clip.contentHash)! }));
  return { features, bad, fromCache, notes: cache?.notes ?? [] };
}
