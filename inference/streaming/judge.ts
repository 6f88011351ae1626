import type { ChunkAttention } from '../answers.js';
import type { Recognizer } from '../classifier.js';
import { isSpeech, measureLoudness, type SpeechGate } from './speech-gate.js';

/** What is heard in one window of a longer recording. */
export interface Moment {
  /** Where the window begins, seconds from the start of the recording. */
  startSeconds: number;
  /** Where it ends. */
  endSeconds: number;
  /** Whether the window holds speech, by level and voice activity. */
  speech: boolean;
  /** Level of its active frames, dBFS; −120 for digital silence. */
  levelDbfs: number;
  /** Share of its frames with voice, 0…1. */
  voicedShare: number;
  /** The most probable label; null where there is no speech: no emotion is made up. */
  label: string | null;
  /** The label deserves no trust: its probability is below what the file calls sure, or there is none. */
  unsure: boolean;
  /** By label, each 0…1, together 1; null where there is no speech. */
  probabilities: Record<string, number> | null;
  /** How much each chunk counted, in seconds of the recording; where the model has attention. */
  attention?: ChunkAttention[];
  /** As those of `classify`. */
  warnings: string[];
}

/** A window that was cut out. */
export interface Window {
  startSample: number;
  samples: Float32Array;
  voicedShare: number;
}

export interface JudgeOptions {
  /** The model's: that of the samples. */
  sampleRateHz: number;
  gate: SpeechGate;
  /** Whether windows without speech go unlabelled, and cost no run of the model. */
  closed: boolean;
  signal?: AbortSignal;
}

/** Windows as moments, those that are labelled in one batch. */
export async function judge(
  recognizer: Recognizer,
  windows: readonly Window[],
  { sampleRateHz, gate, closed, signal }: JudgeOptions,
): Promise<Moment[]> {
  const heard = windows.map((window) => {
    const loudness = measureLoudness(window.samples, sampleRateHz);
    return { window, loudness, speech: isSpeech(loudness, window.voicedShare, gate) };
  });
  const labelled = heard.filter(({ speech }) => speech || !closed);
  // Asked of nothing at all too: a recognizer that was disposed of says so.
  const answers = await recognizer.classifyBatch(
    labelled.map(({ window }) => ({ samples: window.samples, sampleRateHz })),
    { signal },
  );
  return heard.map((one) => {
    const { window, loudness, speech } = one;
    const startSeconds = window.startSample / sampleRateHz;
    const answer = answers[labelled.indexOf(one)];
    return {
      startSeconds,
      endSeconds: (window.startSample + window.samples.length) / sampleRateHz,
      speech,
      levelDbfs: loudness.levelDbfs,
      voicedShare: window.voicedShare,
      label: answer?.label ?? null,
      unsure: answer?.unsure ?? true,
      probabilities: answer?.probabilities ?? null,
      ...(answer?.attention && { attention: answer.attention.map((chunk) => moved(chunk, startSeconds)) }),
      warnings: answer?.warnings ?? [],
    };
  });
}

const moved = (chunk: ChunkAttention, bySeconds: number): ChunkAttention => ({
  ...chunk,
  startSeconds: chunk.startSeconds + bySeconds,
  endSeconds: chunk.endSeconds + bySeconds,
});
