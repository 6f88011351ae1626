import type { RunScores } from '../experiments/run-folder.js';

/** How a workflow tells a person what it is doing; the command line shows it on stderr. */
export interface Reporter {
  /** One line, for a step begun or something worth knowing. */
  line(text: string): void;
  /**
   * How far a long piece of work has come; `done` = `total` ends it. `secondsLeft` where the work knows better than its
   * speed so far.
   */
  progress(title: string, done: number, total: number, detail?: string, secondsLeft?: number): void;
}

/** A share as a percentage with one decimal: 0.6234 → `62.3 %`. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** A score as it must be shown: under a protocol that leaks, the word is part of it. */
export const scoreText = ({ uar, accuracy }: { uar: number; accuracy: number }, leaks: boolean): string =>
  `UAR ${percent(uar)}, accuracy ${percent(accuracy)}${leaks ? ' (leaks: copies of test clips were trained on)' : ''}`;

/** A time as people say it: `40 s`, `12 min`, `3 h 20 min`. */
export function durationText(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The score of any run: an autoencoder's is its error. */
export const runScoreText = ({ test, leaks }: RunScores): string =>
  'uar' in test
    ? scoreText(test, leaks)
    : `mean squared error ${test.loss.toFixed(4)}${leaks ? ' (leaks: copies of test clips were trained on)' : ''}`;
