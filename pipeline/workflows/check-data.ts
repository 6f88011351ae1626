import { type CorpusSummary, loadClip, openCorpus, summarise, writeSyntheticCorpus } from '../datasets/index.js';
import type { Reporter } from './reporter.js';

export interface DataCheck {
  summary: CorpusSummary;
  licence?: string;
  problems: { file: string; reason: string }[];
}

/** What a corpus holds and every file in it that can't be used; with `decode` each clip is read to its last sample. */
export async function checkData(options: {
  data: string;
  decode: boolean;
  reporter: Reporter;
  signal?: AbortSignal;
}): Promise<DataCheck> {
  const corpus = await openCorpus(options.data);
  const problems = [...corpus.problems];
  for (const [i, clip] of options.decode ? corpus.clips.entries() : []) {
    options.signal?.throwIfAborted();
    try {
      await loadClip(clip, 16_000);
    } catch (error) {
      problems.push({ file: clip.id, reason: (error as Error).message });
    }
    options.reporter.progress('decoding', i + 1, corpus.clips.length);
  }
  return { summary: summarise(corpus), licence: corpus.licence, problems };
}

/** Writes the synthetic corpus as WAV files with a manifest, whose path is returned. */
export async function writeSynthetic(data: string, folder: string): Promise<string> {
  const corpus = await openCorpus(data);
  if (corpus.name !== 'synthetic') throw new RangeError(`${data}: only synthetic and synthetic:SEED can be written`);
  return writeSyntheticCorpus(corpus, folder);
}
