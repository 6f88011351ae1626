import { availableParallelism } from 'node:os';
import { group } from 'd3-array';
import type { Clip } from '../datasets/corpus.js';
import type { Example } from '../datasets/split.js';
import { type FeatureSpec, featureShape } from '../features/index.js';
import { openCache } from './cache.js';
import { answer, type ClipJob, type Unit } from './clip-job.js';
import type { FeatureFiles } from './feature-files.js';
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

/** What extraction says besides the features. */
interface Report {
  bad: { clip: Clip; reason: string }[];
  /** How many examples came whole from the cache. */
  fromCache: number;
  /** Damaged cache files that were extracted again. */
  notes: readonly string[];
}

export interface Extraction extends Report {
  /** Of each example, in order: (chunks, bands, frames), or null for an example of a bad clip. */
  features: (Float32Array | null)[];
}

export interface CachedExtraction extends Report {
  /** Of each example, in order: the cache files of its chunks, or null for an example of a bad clip. */
  files: (FeatureFiles | null)[];
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
  const { spec, cacheFolder } = options;
  const [chunks, bands, frames] = featureShape(spec);
  const cache = cacheFolder === undefined ? undefined : await openCache(cacheFolder, spec, seed);
  const features = examples.map(() => new Float32Array(chunks * bands * frames));
  const byContent = group(examples.keys(), (i) => examples[i].clip.contentHash); // hash → indices of its examples
  const place = (contentHash: string, { copy, chunk }: Unit, values: Float32Array) => {
    for (const i of byContent.get(contentHash)!)
      if (examples[i].copy === copy) features[i].set(values, chunk * bands * frames);
  };
  const { isBad, ...report } = await extractMissing(examples, seed, options, {
    async find(contentHash, unit) {
      const values = await cache?.read(contentHash, unit);
      if (values) place(contentHash, unit, values);
      return values !== undefined;
    },
    async receive(contentHash, unit, values) {
      place(contentHash, unit, values);
      await cache?.write(contentHash, unit, values);
    },
  });
  const kept = features.map((values, i) => (isBad(examples[i].clip) ? null : values));
  return { ...report, features: kept, notes: cache?.notes ?? [] };
}

/**
 * As `extractExamples`, for corpora of any size: the features are left in the cache, and the answer says in which files.
 *
 * @throws as `extractExamples`
 */
export async function extractToCache(
  examples: readonly Example[],
  seed: number,
  options: ExtractionOptions & { cacheFolder: string },
): Promise<CachedExtraction> {
  const [chunks] = featureShape(options.spec);
  const cache = await openCache(options.cacheFolder, options.spec, seed);
  const { isBad, ...report } = await extractMissing(examples, seed, options, { find: cache.has, receive: cache.write });
  const files = examples.map(({ clip, copy }) =>
    isBad(clip) ? null : Array.from({ length: chunks }, (_, chunk) => cache.pathOf(clip.contentHash, { copy, chunk })),
  );
  return { ...report, files, notes: cache.notes };
}

const extraction = { answer, script: new URL('./worker.js', import.meta.url) };

/** Where units come from and go to. */
interface Store {
  /** Whether the unit is there already. */
  find(contentHash: string, unit: Unit): Promise<boolean>;
  /** Takes a unit that was extracted, (bands, frames). */
  receive(contentHash: string, unit: Unit, values: Float32Array): Promise<void>;
}

/** Extracts the units that the store does not have, a clip at a time. */
async function extractMissing(
  examples: readonly Example[],
  seed: number,
  { spec, workers = availableParallelism(), onProgress, signal, skipBad = false }: ExtractionOptions,
  store: Store,
): Promise<Omit<Report, 'notes'> & { isBad: (clip: Clip) => boolean }> {
  const [chunks] = featureShape(spec);
  const byContent = group(examples, ({ clip }) => clip.contentHash);
  const reasons = new Map<string, string>(); // hash → why the clip is bad
  let fromCache = 0;
  const jobs: ClipJob[] = [];
  for (const [contentHash, wanted] of byContent) {
    signal?.throwIfAborted();
    const missing: Unit[] = [];
    for (const copy of new Set(wanted.map((example) => example.copy)))
      for (let chunk = 0; chunk < chunks; chunk++)
        if (!(await store.find(contentHash, { copy, chunk }))) missing.push({ copy, chunk });
    const missed = new Set(missing.map(({ copy }) => copy));
    fromCache += wanted.filter(({ copy }) => !missed.has(copy)).length;
    if (missing.length > 0) jobs.push({ clip: wanted[0].clip, units: missing, spec, seed });
  }

  const countWaiting = (job: ClipJob) => {
    const copies = new Set(job.units.map(({ copy }) => copy));
    return byContent.get(job.clip.contentHash)!.filter(({ copy }) => copies.has(copy)).length;
  };
  let done = fromCache;
  onProgress?.(done, examples.length);
  await runJobs(jobs, extraction, workers, signal, async (job, reply) => {
    const { contentHash } = job.clip;
    if (reply.kind === 'bad') {
      if (!skipBad) throw reply.error;
      reasons.set(contentHash, reply.error.message);
    } else for (const [u, values] of reply.units.entries()) await store.receive(contentHash, job.units[u], values);
    done += countWaiting(job);
    onProgress?.(done, examples.length);
  });
  const bad = [...new Set(examples.map(({ clip }) => clip))]
    .filter((clip) => reasons.has(clip.contentHash))
    .map((clip) => ({ clip, reason: reasons.get(clip.contentHash)! }));
  return { bad, fromCache, isBad: ({ contentHash }) => reasons.has(contentHash) };
}
