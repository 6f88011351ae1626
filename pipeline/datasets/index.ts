import { extname } from 'node:path';
import type { Corpus } from './corpus.js';
import { openCremaD } from './crema-d.js';
import { openFolder, openSpeechFolder } from './folder.js';
import { manifestExtensions, openManifest } from './manifest.js';
import { openRavdess } from './ravdess.js';
import { openSynthetic } from './synthetic.js';

export type { Clip, ClipSource, Corpus } from './corpus.js';
export { loadClip, loadRecorded } from './load-clip.js';
export * from './split.js';
export { type CorpusSummary, summarise } from './summary.js';
export { writeSyntheticCorpus } from './write-synthetic.js';

/** Corpora that are opened by name, as `NAME:REST`. */
const parsers: Readonly<Record<string, (rest: string) => Promise<Corpus>>> = {
  ravdess: openRavdess,
  'crema-d': openCremaD,
  synthetic: async (which) => openSynthetic(which),
};

/** What DATA may be, for error messages and `--help`. */
export const supportedData =
  'synthetic, synthetic:SEED, synthetic:SEED/TAKES, ravdess:DIR, crema-d:DIR, a folder with a subfolder per label, a .csv or .jsonl manifest';

/**
 * Opens a corpus: finds, describes and hashes its clips, decodes none of them. Files that are not usable are listed
 * in `problems`; the caller decides whether to go on without them.
 *
 * Throws a one-line error where there is no such corpus, or it has no clip that can be used.
 *
 * @example const corpus = await openCorpus('ravdess:/data/ravdess');
 */
export async function openCorpus(data: string): Promise<Corpus> {
  return notEmpty(await open(data, openFolder), data);
}

/** As `openCorpus`, of speech whose labels nobody asks for: a folder may hold its clips as it likes. */
export async function openSpeech(data: string): Promise<Corpus> {
  return notEmpty(await open(data, openSpeechFolder), data);
}

function notEmpty(corpus: Corpus, data: string): Corpus {
  if (corpus.clips.length > 0) return corpus;
  const [{ file, reason }] = corpus.problems;
  throw new Error(`${data}: none of its ${corpus.problems.length} files can be used, such as ${file}: ${reason}`);
}

async function open(data: string, asFolder: (folder: string) => Promise<Corpus>): Promise<Corpus> {
  if (data === 'synthetic') return openSynthetic();
  const named = /^([a-z][a-z-]+):(.*)$/s.exec(data); // a single letter is a drive
  if (named === null)
    return manifestExtensions.includes(extname(data).toLowerCase()) ? openManifest(data) : asFolder(data);
  const [, name, rest] = named;
  if (!Object.hasOwn(parsers, name)) throw new RangeError(`${data}: no corpus '${name}' (supported: ${supportedData})`);
  if (rest === '') throw new RangeError(`${data}: nothing after the colon (supported: ${supportedData})`);
  return parsers[name](rest);
}
