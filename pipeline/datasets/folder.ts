import { basename, resolve } from 'node:path';
import { byCodeUnit, collectClips, findClips } from './clip-files.js';
import type { Corpus } from './corpus.js';

const ravdessName = /(^|\/)\d\d(-\d\d){6}\.\w+$/;

/**
 * A folder with one subfolder per label, clips in them at any depth: `DIR/happy/one.wav`. Labels are sorted by name.
 * It does not say who speaks; a manifest can.
 */
export async function openFolder(folder: string): Promise<Corpus> {
  const files = await findClips(folder);
  if (files.every((file) => ravdessName.test(file)))
    throw new Error(`${folder}: these are clips of RAVDESS, whose folders are no labels; open it as ravdess:${folder}`);
  const { clips, problems } = await collectClips(folder, files, (file) =>
    file.includes('/')
      ? { label: file.slice(0, file.indexOf('/')) }
      : { reason: 'not in the subfolder of a label (supported: LABEL/clip.wav)' },
  );
  const labels = [...new Set(clips.map(({ label }) => label))].sort(byCodeUnit);
  return { name: basename(resolve(folder)), labels, clips, problems };
}

/** A folder of speech, clips in it at any depth, without labels that mean anything. */
export async function openSpeechFolder(folder: string): Promise<Corpus> {
  const label = 'speech';
  const { clips, problems } = await collectClips(folder, await findClips(folder), () => ({ label }));
  return { name: basename(resolve(folder)), labels: [label], clips, problems };
}
