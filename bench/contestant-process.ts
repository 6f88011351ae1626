import { z } from 'zod';
import type { Contestant } from './contestants.js';
import { LineProcess } from './line-process.js';

const introduction = z.object({
  parameters: z.number().int(),
  device: z.string(),
  versions: z.record(z.string(), z.string()),
});
export type Introduction = z.infer<typeof introduction>;

const measured = z.object({
  milliseconds: z.array(z.number().positive()),
  /** null: no finite number. */
  losses: z.array(z.number().nullable()),
  waitedMilliseconds: z.number().optional(),
  peakMemoryBytes: z.number(),
});
export type Measured = z.infer<typeof measured>;

/** A contestant's process: it computes when told to, and otherwise waits. */
export class ContestantProcess {
  readonly #process: LineProcess;

  private constructor({ command }: Contestant) {
    this.#process = new LineProcess(command);
  }

  /** @throws Error with the reason, in one line, where the contestant can't take part */
  static async start(contestant: Contestant): Promise<{ process: ContestantProcess; introduction: Introduction }> {
    const process = new ContestantProcess(contestant);
    return { process, introduction: introduction.parse(await process.#process.answer()) };
  }

  /** Trains `steps` steps, after one that is not counted. */
  async run(steps: number): Promise<Measured> {
    return measured.parse(await this.#process.ask({ steps }));
  }

  end(): Promise<void> {
    return this.#process.end();
  }
}
