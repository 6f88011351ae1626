import { max, sum } from 'd3-array';
import type { Measured, Timings } from './timings.js';

/** A cell as far as time is concerned. */
export interface CellWork {
  id: string;
  /** `BACKEND MODEL`: cells of one family take as long for as much work. */
  family: string;
  /** Values of features that are learnt from: examples × bands × frames × chunks × epochs. */
  work: number;
  /** How much of it is done, 0…1. */
  share: number;
  /** What it has shown about its family since it was begun. */
  measured?: Measured;
}

/** What is known of a family before any of it was seen: seconds for 10⁹ values. */
export type PriorSeconds = (family: string) => number;

export interface TimeLeft {
  /** Of all cells, done or not, as if run one after the other. */
  totalSeconds: number;
  /** Of that, what is done. */
  doneSeconds: number;
  /** Until the end, side by side. */
  secondsLeft: number;
}

/** Seconds that a cell needs to begin, where none was seen beginning. */
const PRIOR_STARTUP_SECONDS = 6;

/**
 * How far a grid is, in the time that its cells take: a family of cells as long as those of it took that were seen; one that
 * was not seen yet as long as its prior says, corrected by how far off the priors of the others were.
 *
 * @param timings of ended cells; those under way bring what they have measured themselves
 */
export function timeLeft(cells: readonly CellWork[], timings: Timings, jobs: number, prior: PriorSeconds): TimeLeft {
  const seen = new Map(Object.entries(timings.training).map(([family, measured]) => [family, { ...measured }]));
  for (const { family, measured } of cells) {
    if (!measured) continue;
    const before = seen.get(family) ?? { work: 0, seconds: 0 };
    seen.set(family, { work: before.work + measured.work, seconds: before.seconds + measured.seconds });
  }
  const expected = sum(seen, ([family, { work }]) => secondsOf(prior(family), work));
  const correction = expected > 0 ? sum(seen, ([, { seconds }]) => seconds) / expected : 1;
  const { startup } = timings;
  const startupSeconds = startup.work > 0 ? startup.seconds / startup.work : PRIOR_STARTUP_SECONDS;
  const training = ({ family, work }: CellWork): number => {
    const measured = seen.get(family);
    if (measured && measured.work > 0) return (measured.seconds / measured.work) * work;
    return correction * secondsOf(prior(family), work);
  };
  const needed = cells.map((cell) => startupSeconds + training(cell));
  const left = cells.map((cell, i) => needed[i] * (1 - cell.share));
  const totalSeconds = sum(needed);
  const leftTogether = sum(left);
  return {
    totalSeconds,
    doneSeconds: totalSeconds - leftTogether,
    secondsLeft: Math.max(leftTogether / jobs, max(left) ?? 0),
  };
}

const secondsOf = (secondsPerBillion: number, work: number): number => (secondsPerBillion * work) / 1e9;

/** On one core of a processor of 2020, models of the report's width; what other machines and widths need comes out soon. */
const priors: Readonly<Record<string, number>> = {
  cnn: 60,
  'cnn-lstm': 60,
  'cnn-attention-lstm': 60,
  'cnn-autoencoder': 70,
  'cnn-attention-lstm-autoencoder': 70,
  'autoencoder-fc': 20,
  'autoencoder-gru': 20,
};

export const priorSeconds: PriorSeconds = (family) => priors[family.split(' ').at(-1)!] ?? 60;
