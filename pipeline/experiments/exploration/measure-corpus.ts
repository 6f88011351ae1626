import { mkdir, readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Clip } from '../../datasets/corpus.js';
import { runJobs } from '../../extraction/run-jobs.js';
import { writeDurably } from '../../training/write-durably.js';
import { parseJson } from '../read-json.js';
import { EXPLORATION_VERSION, type Measures, measuresSchema } from './exploration.js';
import { measureClip } from './measure-clip.js';

export interface MeasureOptions {
  /** Where measures are kept, by the clips' content: what was interrupted goes on, and nothing is measured twice. */
  cacheFolder: string;
  /** Threads; 0 measures on the calling one. Default: as many as there are cores. */
  workers?: number;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

export interface Measured {
  /** By content hash. */
  measures: ReadonlyMap<string, Measures>;
  problems: { clip: string; reason: string }[];
}

const work = { answer: measureClip, script: new URL('./measure-worker.js', import.meta.url) };

/**
 * Measures every clip on all cores: about 60 ms a clip of 3.7 s on one. A clip that can't be read is listed in
 * `problems`.
 *
 * @throws the signal's reason when aborted; what was measured by then is kept
 */
export async function measureCorpus(clips: readonly Clip[], options: MeasureOptions): Promise<Measured> {
  const { cacheFolder, workers = availableParallelism(), signal, onProgress } = options;
  const path = join(cacheFolder, `speech-measures-${EXPLORATION_VERSION}.json`);
  const kept = await readKept(path);
  const byContent = new Map(clips.map((clip) => [clip.contentHash, clip]));
  const jobs = [...byContent.values()].filter(({ contentHash }) => !kept.has(contentHash));
  const problems: Measured['problems'] = [];
  let done = byContent.size - jobs.length;
  onProgress?.(done, byContent.size);
  try {
    await runJobs(jobs, work, workers, signal, async ({ id, contentHash }, measurement) => {
      if (measurement.kind === 'bad') problems.push({ clip: id, reason: measurement.reason });
      else kept.set(contentHash, measurement.measures);
      done++;
      onProgress?.(done, byContent.size);
    });
  } finally {
    if (jobs.length > problems.length) await keep(path, kept);
  }
  return { measures: kept, problems };
}

/** What was measured before; a file that is damaged is measured anew. */
async function readKept(path: string): Promise<Map<string, Measures>> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const kept = z.record(z.string(), measuresSchema).safeParse(parseJson(text));
  return new Map(kept.success ? Object.entries(kept.data) : []);
}

async function keep(path: string, measures: ReadonlyMap<string, Measures>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeDurably(path, `${JSON.stringify(Object.fromEntries(measures))}\n`);
}
