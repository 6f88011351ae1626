import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { encodeWav } from '../audio/index.js';
import type { Corpus } from './corpus.js';
import { loadClip } from './load-clip.js';
import { syntheticSampleRateHz } from './synthetic.js';

/**
 * Writes a synthetic corpus as `LABEL/….wav` (16 kHz) and a `manifest.csv`: openable as a folder and as a manifest.
 * All of it is there in the end, or nothing: it is written beside `folder` and put into place when complete.
 * Throws an Error where `folder` holds something already. Returns the manifest's path.
 */
export async function writeSyntheticCorpus(corpus: Corpus, folder: string): Promise<string> {
  const target = resolve(folder);
  const there = await readdir(target).catch(() => []);
  if (there.length > 0) throw new Error(`${folder}: not empty (it holds ${there[0]}); choose a new folder`);
  await mkdir(dirname(target), { recursive: true });
  const unfinished = join(dirname(target), `.${basename(target)}.${process.pid}`);
  await mkdir(unfinished);
  try {
    for (const label of corpus.labels) await mkdir(join(unfinished, label));
    for (const clip of corpus.clips)
      await writeFile(
        join(unfinished, `${clip.id}.wav`),
        encodeWav(await loadClip(clip, syntheticSampleRateHz), syntheticSampleRateHz),
      );
    await writeFile(join(unfinished, 'manifest.csv'), manifest(corpus));
    await rename(unfinished, target);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return join(folder, 'manifest.csv');
}

function manifest({ clips }: Corpus): string {
  const rows = clips.map((clip) => [`${clip.id}.wav`, clip.label, clip.speaker, clip.gender, clip.intensity].join(','));
  return `${['path,label,speaker,gender,intensity', ...rows].join('\n')}\n`;
}
