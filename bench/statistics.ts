import { max, median, min } from 'd3-array';

/** How many times as fast one contestant was as another. */
export interface Ratio {
  /** Of the rounds' ratios. */
  median: number;
  min: number;
  max: number;
}

/** Examples a second in each round, from its median step. */
export const throughput = (rounds: readonly (readonly number[])[], batch: number): number[] =>
  rounds.map((milliseconds) => batch / (median(milliseconds)! / 1000));

/**
 * The ratio of two contestants, round by round: what slowed the machine in a round slowed both, and drops out.
 *
 * @param of and @param to examples a second in each round
 */
export function pairedRatio(of: readonly number[], to: readonly number[]): Ratio {
  const ratios = of.map((value, round) => value / to[round]);
  return { median: median(ratios)!, min: min(ratios)!, max: max(ratios)! };
}
