import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import type { Contestant } from './contestants.js';

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
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: Interface;
  readonly #ended: Promise<string>;

  private constructor({ command: [program, ...args] }: Contestant) {
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stdin.on('error', () => {}); // it has ended; #answer tells why
    this.#lines = createInterface({ input: this.#child.stdout });
    let lastWords = '';
    this.#child.stderr.on('data', (text) => {
      lastWords = `${lastWords}${text}`.slice(-10_000);
    });
    this.#ended = new Promise((resolve) => {
      this.#child.on('error', (error) => resolve(error.message));
      this.#child.on('close', (code, signal) => resolve(lastLine(lastWords) ?? `it ended with ${signal ?? code}`));
    });
  }

  /** @throws Error with the reason, in one line, where the contestant can't take part */
  static async start(contestant: Contestant): Promise<{ process: ContestantProcess; introduction: Introduction }> {
    const process = new ContestantProcess(contestant);
    return { process, introduction: introduction.parse(await process.#answer()) };
  }

  /** Trains `steps` steps, after one that is not counted. */
  async run(steps: number): Promise<Measured> {
    this.#child.stdin.write(`${JSON.stringify({ steps })}\n`);
    return measured.parse(await this.#answer());
  }

  /** Lets it go; it ends by itself when nobody can ask any more. */
  async end(): Promise<void> {
    this.#child.stdin.end();
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 5000);
    await this.#ended;
    clearTimeout(late);
  }

  /** The next line of JSON on its stdout, past what libraries print there. */
  async #answer(): Promise<unknown> {
    const stop = new AbortController();
    const failed = this.#ended.then((reason) => Promise.reject(new Error(reason)));
    failed.catch(() => {});
    try {
      for (;;) {
        const [line] = await Promise.race([once(this.#lines, 'line', { signal: stop.signal }), failed]);
        if (line.startsWith('{')) return JSON.parse(line);
      }
    } finally {
      stop.abort();
    }
  }
}

const lastLine = (text: string): string | undefined => text.trim().split('\n').at(-1)?.trim() || undefined;
