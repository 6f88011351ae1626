import { loadClip, openCorpus } from '../../pipeline/datasets/index.js';

/** Mono speech at 16 kHz, the rate of every model here. */
export interface SpokenClip {
  name: string;
  samples: Float32Array;
}

export const clipRateHz = 16_000;

/** Clips of a corpus, spread evenly over it. */
export async function clipsOf(data: string, count: number): Promise<SpokenClip[]> {
  const { clips } = await openCorpus(data);
  const step = Math.max(1, clips.length / count);
  const chosen = Array.from({ length: Math.min(count, clips.length) }, (_, i) => clips[Math.floor(i * step)]);
  return Promise.all(chosen.map(async (clip) => ({ name: clip.id, samples: await loadClip(clip, clipRateHz) })));
}
