/**
 * Exponential smoothing in time, of the answers of windows with speech alone:
 *
 *   s ← d · s + (1 − d) · p,  d = 2^(−Δt / half-life),  s = p at first,
 *
 * Δt being the time from the end of the last window with speech to the end of this one. So a silence needs no rule of its
 * own: after n half-lives what was before counts 2^−n. The result is a distribution as p is.
 */
export class Smoothing {
  readonly #halfLifeSeconds: number;
  #last: { probabilities: Record<string, number>; timeSeconds: number } | undefined;

  /** @param halfLifeSeconds 0 for none */
  constructor(halfLifeSeconds: number) {
    this.#halfLifeSeconds = halfLifeSeconds;
  }

  next(probabilities: Record<string, number>, timeSeconds: number): Record<string, number> {
    const last = this.#last;
    const smoothed = { ...probabilities };
    if (last && this.#halfLifeSeconds > 0) {
      const kept = 2 ** ((last.timeSeconds - timeSeconds) / this.#halfLifeSeconds);
      for (const label of Object.keys(smoothed))
        smoothed[label] = kept * last.probabilities[label] + (1 - kept) * probabilities[label];
    }
    this.#last = { probabilities: smoothed, timeSeconds };
    return smoothed;
  }
}
