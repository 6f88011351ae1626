import type { Reporter } from '../pipeline/workflows/reporter.js';
import { ContestantProcess, type Introduction } from './contestant-process.js';
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

/**
 * Lets the contestants train in turn, round after round, so that whatever else the machine does strikes all alike. Each
 * has a process of its own, is warmed up by two steps, and waits while another computes.
 *
 * @throws Error where networks differ or a loss is not a finite number: such times are not compared
 */
export async function compete(
  contestants: readonly Contestant[],
  contest: Contest,
  title: string,
  reporter: Reporter,
): Promise<{ performances: Performance[]; absent: Absence[] }> {
  const { rounds, steps } = contest;
  const total = contestants.length * (rounds + 1);
  const processes = new Map<Performance, ContestantProcess>();
  const absent: Absence[] = [];
  let done = 0;
  try {
    for (const contestant of contestants) {
      reporter.progress(title, done++, total, `${contestant.name} starts`);
      try {
        const { process, introduction } = await ContestantProcess.start(contestant);
        const performance = { contestant, ...introduction, milliseconds: [], losses: [], peakMemoryBytes: 0 };
        processes.set(performance, process);
        assertSameNetwork(performance, contest.parameters);
        await process.run(1); // with the one that never counts: two steps to warm up
      } catch (error) {
        if (error instanceof RangeError) throw error;
        absent.push({ name: contestant.name, reason: (error as Error).message, mend: contestant.mend });
      }
    }
    const performances = [...processes.keys()].filter(({ contestant }) =>
      absent.every(({ name }) => name !== contestant.name),
    );
    const waited = new Map<Performance, number>();
    for (let round = 1; round <= rounds; round++)
      for (const performance of performances) {
        reporter.progress(title, done++, total, `${performance.contestant.name}, round ${round} of ${rounds}`);
        const answer = await processes.get(performance)!.run(steps);
        performance.milliseconds.push(answer.milliseconds);
        performance.losses.push(finiteLosses(answer.losses, performance.contestant.name));
        performance.peakMemoryBytes = Math.max(performance.peakMemoryBytes, answer.peakMemoryBytes);
        if (answer.waitedMilliseconds !== undefined)
          waited.set(performance, (waited.get(performance) ?? 0) + answer.waitedMilliseconds);
      }
    for (const [performance, milliseconds] of waited) performance.waitingShare = milliseconds / sum(performance);
    reporter.progress(title, total, total);
    return { performances, absent };
  } finally {
    await Promise.all(Array.from(processes.values(), (process) => process.end()));
  }
}

const sum = ({ milliseconds }: Performance): number => milliseconds.flat().reduce((a, b) => a + b, 0);

function assertSameNetwork({ contestant, parameters }: Performance, expected: number): void {
  if (parameters !== expected)
    throw new RangeError(
      `${contestant.name}: its network has ${parameters} parameters, the others' ${expected}; networks that differ are not compared`,
    );
}

function finiteLosses(losses: readonly (number | null)[], name: string): number[] {
  return losses.map((loss) => {
    if (loss === null) throw new RangeError(`${name}: a loss is not a finite number; what it computes is not training`);
    return loss;
  });
}
