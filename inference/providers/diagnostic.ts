/** What came of one execution provider when a file was loaded. */
export interface Diagnostic {
  /** Such as `cpu`, `cuda`, `webgpu`, `wasm`. */
  readonly provider: string;
  /** `refused` after a look or a trial; `not tried` where another one answers soon enough. */
  readonly outcome: 'chosen' | 'refused' | 'not tried';
  /** Why, in one line. */
  readonly reason: string;
  /** How long it took to answer the probe, a fixed clip; absent where it was not timed. */
  readonly milliseconds?: number;
  /** All of it in one line, for people. */
  readonly text: string;
}

/** A diagnostic with its text. */
export function diagnostic(
  provider: string,
  outcome: Diagnostic['outcome'],
  reason: string,
  milliseconds?: number,
): Diagnostic {
  const timed = milliseconds === undefined ? '' : ` (${milliseconds.toFixed(1)} ms)`;
  return {
    provider,
    outcome,
    reason,
    ...(milliseconds !== undefined && { milliseconds }),
    text: `${provider} ${outcome}: ${reason}${timed}`,
  };
}
