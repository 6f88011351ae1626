import type { Clip } from './corpus.js';

/** One thing to learn from or be tested on: a clip as recorded (`copy` 0) or its n-th noisy copy. */
export interface Example {
  clip: Clip;
  copy: number;
}

export const protocols = ['speaker-independent', 'paper'] as const;
export type Protocol = (typeof protocols)[number];

export interface Split {
  protocol: Protocol;
  fold: number;
  /** True where copies of a test clip, or other clips of its speaker, are trained on. Every score then says "leaks". */
  leaks: boolean;
  train: Example[];
  /** Speakers taken from the training side, to watch training and choose the epoch by. Empty under `paper`. */
  validation: Example[];
  test: Example[];
}
