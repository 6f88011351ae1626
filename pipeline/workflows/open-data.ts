import { createHash } from 'node:crypto';
import { type Corpus, openCorpus, openSpeech } from '../datasets/index.js';
import type { Reporter } from './reporter.js';

/**
 * Opens a corpus for work. A file in it that can't be used is an error that names it, unless `skipBad` says to go on.
 */
export async function openData(data: string, skipBad: boolean, reporter: Reporter): Promise<Corpus> {
  return withoutProblems(await openCorpus(data), data, skipBad, reporter);
}

/** As `openData`, of speech whose labels nobody asks for: a folder needs no subfolders. */
export async function openSpeechData(data: string, skipBad: boolean, reporter: Reporter): Promise<Corpus> {
  return withoutProblems(await openSpeech(data), data, skipBad, reporter);
}

function withoutProblems(corpus: Corpus, data: string, skipBad: boolean, reporter: Reporter): Corpus {
  const [first, ...others] = corpus.problems;
  if (first && !skipBad) {
    const more = others.length > 0 ? ` (and ${others.length} more: serkit data check ${data})` : '';
    throw new Error(`${first.file}: ${first.reason}${more}; --skip-bad goes on without`);
  }
  for (const { file, reason } of corpus.problems) reporter.line(`skipped ${file}: ${reason}`);
  return corpus;
}

/** What a run's `config.json` says of a corpus. */
export const recordOf = (corpus: Corpus) => ({
  name: corpus.name,
  clips: corpus.clips.length,
  fingerprint: fingerprintOf(corpus),
  licence: corpus.licence,
  attribution: corpus.attribution,
});

/** SHA-256 over the content of all clips, in no order: tells whether two corpora hold the same. */
export function fingerprintOf({ clips }: Corpus): string {
  const hash = createHash('sha256');
  for (const contentHash of clips.map((clip) => clip.contentHash).sort()) hash.update(contentHash);
  return hash.digest('hex');
}
