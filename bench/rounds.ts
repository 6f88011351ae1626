import type { Reporter } from '../pipeline/workflows/reporter.js';
import { ContestantProcess, type Introduction, type Measured } from './contestant-process.js';
import type { Contestant } from './contestants.js';

export interface Contest {
  /** Weights that the network has; who has others is not compared. */
  parameters: number;
  rounds: number;
  /** Steps that count, of each contestant in each round. */
  steps: number;
}

/** What a contestant did. */
export interface Performance extends Introduction {
  contestant: Contestant;
  milliseconds: number[][]; // (rounds, steps)
  losses: number[][]; // (rounds, steps)
  /** Share of the counted steps' time that was spent waiting for batches, 0…1, where it is known. */
  waitingShare?: number;
  /** The most memory that its process held. */
  peakMemoryBytes: number;
}

export interface Absence {
  name: string;
  reason: string;
  mend: string;
}

interface Entrant {
  process: ContestantProcess;
  performance: Performance;
  waitedMilliseconds?: number;
}

/**
 * Lets the contestants train in turn, round after round, so that whatever else the machine does strikes all alike. Each
 * has a process of its own, is warmed up by two steps, and waits while another computes.
 *
 * @returns what each did; who can't start, or fails on the way, is absent with the reason
 * @throws RangeError where networks differ or a loss is not a finite number: such times are not compared
 */
export async function compete(
  contestants: readonly Contestant[],
  contest: Contest,
  title: string,
  reporter: Reporter,
): Promise<{ performances: Performance[]; absent: Absence[] }> {
  const { rounds, steps } = contest;
  const total = contestants.length * (rounds + 1);
  let turns = 0;
  const entrants = new Map<Contestant, Entrant>();
  const absent: Absence[] = [];
  const turn = async (contestant: Contestant, doing: string, work: () => Promise<void>) => {
    reporter.progress(title, turns++, total, `${contestant.name} ${doing}`);
    try {
      await work();
    } catch (error) {
      if (error instanceof RangeError) throw error;
      await entrants.get(contestant)?.process.end();
      entrants.delete(contestant);
      absent.push({ name: contestant.name, reason: (error as Error).message, mend: contestant.mend });
    }
  };
  try {
    for (const contestant of contestants)
      await turn(contestant, 'starts', async () => {
        const { process, introduction } = await ContestantProcess.start(contestant);
        const performance = { contestant, ...introduction, milliseconds: [], losses: [], peakMemoryBytes: 0 };
        entrants.set(contestant, { process, performance });
        assertSameNetwork(performance, contest.parameters);
        await process.run(1); // with the one that never counts: two steps to warm up
      });
    for (let round = 1; round <= rounds; round++)
      for (const [contestant, entrant] of [...entrants])
        await turn(contestant, `in round ${round} of ${rounds}`, async () => {
          record(entrant, await entrant.process.run(steps));
        });
    reporter.progress(title, total, total);
    return { performances: Array.from(entrants.values(), withWaitingShare), absent };
  } finally {
    await Promise.all(Array.from(entrants.values(), ({ process }) => process.end()));
  }
}

function record(entrant: Entrant, { milliseconds, losses, waitedMilliseconds, peakMemoryBytes }: Measured): void {
  const { performance } = entrant;
  performance.losses.push(finiteLosses(losses, performance.contestant.name));
  performance.milliseconds.push(milliseconds);
  performance.peakMemoryBytes = Math.max(performance.peakMemoryBytes, peakMemoryBytes);
  if (waitedMilliseconds !== undefined)
    entrant.waitedMilliseconds = (entrant.waitedMilliseconds ?? 0) + waitedMilliseconds;
}

function withWaitingShare({ performance, waitedMilliseconds }: Entrant): Performance {
  const total = performance.milliseconds.flat().reduce((a, b) => a + b, 0);
  return waitedMilliseconds === undefined ? performance : { ...performance, waitingShare: waitedMilliseconds / total };
}

function assertSameNetwork({ contestant, parameters }: Performance, expected: number): void {
  if (parameters !== expected)
    throw new RangeError(
      `${contestant.name}: its network has ${parameters} parameters, the report's ${expected}; networks that differ are not compared`,
    );
}

function finiteLosses(losses: readonly (number | null)[], name: string): number[] {
  return losses.map((loss) => {
    if (loss === null) throw new RangeError(`${name}: a loss is not a finite number; what it computes is not training`);
    return loss;
  });
}
