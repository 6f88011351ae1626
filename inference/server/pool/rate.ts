/** How much of the past still counts at each new figure. */
const KEPT = 0.8;
const FIRST_GUESS_MS = 50;

/** Milliseconds that a thread works on one job, averaged with the last runs weighing most. */
export class Rate {
  #millisecondsAJob = FIRST_GUESS_MS;

  add(jobs: number, milliseconds: number): void {
    this.#millisecondsAJob = KEPT * this.#millisecondsAJob + (1 - KEPT) * (milliseconds / jobs);
  }

  /** Jobs a second of that many threads. */
  perSecond(threads: number): number {
    return (1000 * Math.max(1, threads)) / this.#millisecondsAJob;
  }
}
