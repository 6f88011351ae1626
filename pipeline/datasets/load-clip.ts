import { readFile } from 'node:fs/promises';
import { type Audio, decodeAudio, mixToMono, resample } from '../audio/index.js';
import { whyUnreadable } from './clip-files.js';
import type { Clip } from './corpus.js';
import { synthesise, syntheticSampleRateHz } from './synthetic.js';

/**
 * A clip's samples, mono, −1…1, at `sampleRateHz`: read and decoded, or synthesised.
 * Throws a one-line error that names the file where it cannot be read or is not sound audio.
 */
export async function loadClip(clip: Clip, sampleRateHz: number): Promise<Float32Array> {
  const recorded = await loadRecorded(clip);
  return resample(recorded.samples, recorded.sampleRateHz, sampleRateHz);
}

/** As `loadClip`, at the rate that the clip was recorded at. */
export async function loadRecorded({ source }: Clip): Promise<Audio> {
  if (source.kind === 'synthetic') return { samples: synthesise(source), sampleRateHz: syntheticSampleRateHz };
  const bytes = await readFile(source.path).catch((error: unknown) => {
    throw new Error(`${source.path}: ${whyUnreadable(error, 'file')}`);
  });
  const { channels, sampleRateHz } = await decodeAudio(bytes, source.path);
  return { samples: mixToMono(channels), sampleRateHz };
}
