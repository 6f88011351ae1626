import type { Cell } from './plan.js';

/** What came of a cell. */
export type Outcome =
  | { state: 'done' }
  | { state: 'failed'; reason: string }
  /** Nothing was tried: the cell that it depends on is not there. */
  | { state: 'not run'; reason: string }
  /** It was told to stop, and saved. */
  | { state: 'stopped' };

export interface RunCellsOptions {
  /** What is to be run, behind what it depends on. */
  cells: readonly Cell[];
  /** How many run side by side. */
  jobs: number;
  /** Runs one cell. What it throws is the cell's failure. */
  run: (cell: Cell) => Promise<Outcome>;
  /** Told of cells that are not run because the one that they depend on failed. */
  onNotRun: (cell: Cell, reason: string) => Promise<void> | void;
  /** Abort begins no further cell; those under way are waited for. */
  signal?: AbortSignal;
}

/**
 * Runs cells side by side, in their order as far as it goes: a cell waits for its encoder where that is among them, and is
 * not run where that failed. One that fails does not keep the others from running.
 *
 * @returns outcomes by cell id; cells that were not reached have none
 */
export async function runCells(options: RunCellsOptions): Promise<Map<string, Outcome>> {
  const { jobs, signal } = options;
  const outcomes = new Map<string, Outcome>();
  const waiting = [...options.cells];
  const running = new Set<Promise<void>>();
  const toCome = new Set(waiting.map(({ id }) => id));

  const isReady = ({ encoder }: Cell) => encoder === undefined || !toCome.has(encoder) || outcomes.has(encoder);
  const run = async (cell: Cell) => {
    const outcome = await options
      .run(cell)
      .catch((error: Error): Outcome => ({ state: 'failed', reason: error.message }));
    outcomes.set(cell.id, outcome);
  };
  while (waiting.length > 0 || running.size > 0) {
    while (running.size < jobs && !signal?.aborted) {
      const next = waiting.findIndex(isReady);
      if (next < 0) break;
      const [cell] = waiting.splice(next, 1);
      const reason = whyNot(cell, outcomes);
      if (reason !== undefined) {
        outcomes.set(cell.id, { state: 'not run', reason });
        await options.onNotRun(cell, reason);
        continue;
      }
      const work: Promise<void> = run(cell).finally(() => running.delete(work));
      running.add(work);
    }
    if (running.size === 0) break; // aborted, or nothing that is left can run
    await Promise.race(running);
  }
  return outcomes;
}

function whyNot({ encoder }: Cell, outcomes: ReadonlyMap<string, Outcome>): string | undefined {
  const outcome = encoder === undefined ? undefined : outcomes.get(encoder);
  if (outcome === undefined || outcome.state === 'done') return undefined;
  const reason = 'reason' in outcome ? `: ${outcome.reason}` : '';
  return `not run: its encoder ${encoder} ${outcome.state === 'stopped' ? 'was stopped' : 'failed'}${reason}`;
}
