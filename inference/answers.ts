import type { ChunkSpan } from '../pipeline/features/index.js';

/** A recording, or a part of one. */
export interface Clip {
  /** Mono, nominally −1…1, any length but 0. */
  samples: Float32Array;
  /** Samples a second: a positive whole number. Resampled where the model wants another rate. */
  sampleRateHz: number;
}

/** How much one chunk of a clip counted, of a model with attention. Chunks may overlap. */
export interface ChunkAttention extends ChunkSpan {
  /** 0…1; over all chunks together 1. */
  weight: number;
}

/** Where the time of an answer went, milliseconds. In a batch, a run's time is divided among its clips. */
export interface Timings {
  /** To the model's sample rate. */
  resampleMilliseconds: number;
  /** Samples to features; 0 where the file takes a waveform. */
  featuresMilliseconds: number;
  /** The model's run, with the wait for runs before it. */
  modelMilliseconds: number;
  /** All three. */
  totalMilliseconds: number;
}

/** What a recognizer says of a clip. */
export interface Classification {
  /** The most probable label. */
  label: string;
  /** Its probability is below what the file calls sure (`serkit.unsure_below`); false where the file names no such threshold. */
  unsure: boolean;
  /** By label, each 0…1, together 1. */
  probabilities: Record<string, number>;
  /** How much each chunk counted, in the order of time; absent where the model has no attention. */
  attention?: ChunkAttention[];
  /** Why the answer deserves no trust: a silent clip, one shorter than a window. Mostly empty. */
  warnings: string[];
  /** Execution provider that ran the model. */
  provider: string;
  /** Where the time went. */
  timings: Timings;
}

/** e^x / Σ e^x of each row. */
export function softmax(logits: Float32Array, columns: number): Float32Array {
  const probabilities = new Float32Array(logits.length);
  for (let start = 0; start < logits.length; start += columns) {
    const row = logits.subarray(start, start + columns);
    const largest = row.reduce((most, value) => Math.max(most, value), -Infinity);
    const sum = row.reduce((total, value) => total + Math.exp(value - largest), 0);
    probabilities.set(
      row.map((value) => Math.exp(value - largest) / sum),
      start,
    );
  }
  return probabilities;
}
