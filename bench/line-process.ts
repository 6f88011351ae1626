import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A process that answers a line of JSON on stdin with one on stdout, and otherwise waits. */
export class LineProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: Interface;
  readonly #ended: Promise<string>;

  constructor([program, ...args]: readonly [program: string, ...args: string[]], env = process.env) {
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env });
    this.#child.stdin.on('error', () => {}); // it has ended; answer() tells why
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

  ask(question: object): Promise<unknown> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    return this.answer();
  }

  /**
   * The next line of JSON on its stdout, past what libraries print there.
   *
   * @throws Error with its last words, in one line, where it has ended
   */
  async answer(): Promise<unknown> {
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

  /** Lets it go; it ends by itself when nobody can ask any more. */
  async end(): Promise<void> {
    this.#child.stdin.end();
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 5000);
    await this.#ended;
    clearTimeout(late);
  }
}

const lastLine = (text: string): string | undefined => text.trim().split('\n').at(-1)?.trim() || undefined;
