import { readFile } from 'node:fs/promises';
import { loadAudio, resample } from '../audio/index.js';
import { whyUnreadable } from './clip-files.js';
import type { Clip } from './corpus.js';
import { synthesise, syntheticSampleRateHz } from './synthetic.js';

/**
 * A clip's samples, mono, −1…1, at `sampleRateHz`: read and decoded, or synthesised.
 * Throws a one-line error that names the file where it cannot be read or is not sound audio.
 */
export async function loadClip({ source }: Clip, sampleRateHz: number): Promise<Float32Array> {
  if (source.kind === 'synthetic') return resample(synthesise(source), syntheticSampleRateHz, sampleRateHz);
  const bytes = await readFile(source.path).catch((error: unknown) => {
    throw new Error(`${source.path}: ${whyUnreadable(error, 'file')}`);
  });
  return (await loadAudio(bytes, source.path, sampleRateHz)).samples;
}
