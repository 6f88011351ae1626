import { load, type Moment, type Provider } from '../../inference/node.js';
import { loadAudio } from '../audio/index.js';
import { readRecording } from './read-recording.js';

export interface TimelineSettings {
  provider: Provider;
  windowSeconds?: number;
  hopSeconds?: number;
  signal?: AbortSignal;
}

export interface RecordingTimeline {
  file: string;
  provider: string;
  moments: Moment[];
}

/** Recordings window by window. The first that can't be read is an error that names it. */
export async function predictTimeline(
  model: string,
  files: readonly string[],
  { provider, windowSeconds, hopSeconds, signal }: TimelineSettings,
): Promise<RecordingTimeline[]> {
  const recognizer = await load(model, { provider });
  try {
    const { sampleRateHz } = recognizer.metadata;
    const timelines: RecordingTimeline[] = [];
    for (const file of files) {
      signal?.throwIfAborted();
      const { samples } = await loadAudio(await readRecording(file), file, sampleRateHz);
      const moments = await recognizer.timeline(samples, { sampleRateHz, windowSeconds, hopSeconds, signal });
      timelines.push({ file, provider: recognizer.provider, moments });
    }
    return timelines;
  } finally {
    await recognizer.dispose();
  }
}
