import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Failure, Message, Reply, StreamEvent, WorkerSettings } from './messages.js';

/** The thread that was to answer is gone. */
export class ThreadDied extends Error {}

/** A message came to nothing as a whole. */
export class MessageFailed extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

/**
 * One worker thread, asked by message and answered by promise. It is never terminated: where that meets a run of the model,
 * onnxruntime (1.30) ends the whole process. It ends itself, between two runs.
 */
export class Thread {
  readonly worker: Worker;
  /** Resolves when the thread has ended or was given up, with the reason. */
  readonly ended: Promise<string>;
  /** Who is told the results of the streams that live in this thread. */
  readonly streams = new Map<number, (result: unknown) => void>();
  readonly #waiting = new Map<number, { resolve: (reply: Reply) => void; reject: (error: Error) => void }>();
  readonly #exited: Promise<void>;
  /** Says that the thread is gone, to all who wait for it. */
  readonly #die: (reason: string) => void;
  #lastId = 0;
  #dead = false;

  constructor(settings: WorkerSettings) {
    this.worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: settings });
    this.worker.on('message', (reply: Reply | StreamEvent) => {
      if ('stream' in reply) {
        this.streams.get(reply.stream)?.(reply.result);
        return;
      }
      this.#waiting.get(reply.id)?.resolve(reply);
      this.#waiting.delete(reply.id);
    });
    let reason = '';
    this.worker.on('error', (error) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    let told: (reason: string) => void;
    this.ended = new Promise((resolve) => {
      told = resolve;
    });
    this.#die = (why) => {
      this.#dead = true;
      const died = new ThreadDied(`a worker thread ended (${why})`);
      for (const { reject } of this.#waiting.values()) reject(died);
      this.#waiting.clear();
      told(died.message);
    };
    this.#exited = new Promise((resolve) => {
      this.worker.once('exit', (code) => {
        this.#die(reason || `exit code ${code}`);
        resolve();
      });
    });
  }

  /**
   * @param transfer buffers that are moved, not copied
   * @throws ThreadDied, MessageFailed
   */
  async ask(message: Message, transfer: ArrayBuffer[] = []): Promise<Reply> {
    if (this.#dead) throw new ThreadDied('a worker thread ended');
    const id = ++this.#lastId;
    const reply = await new Promise<Reply>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.worker.postMessage({ ...message, id }, transfer);
    });
    if (reply.failure) throw new MessageFailed(reply.failure);
    return reply;
  }

  /** Has it end when the run that it is in is over, and waits for that, but no longer than so many milliseconds. */
  async end(milliseconds: number): Promise<void> {
    this.#close();
    const timeout = new AbortController();
    const { signal } = timeout;
    await Promise.race([this.#exited, setTimeout(milliseconds, undefined, { signal }).catch(() => {})]);
    timeout.abort();
    this.giveUp('it was ended');
  }

  /** It is gone for everybody at once, though it may still be in a run. */
  giveUp(reason: string): void {
    this.#close();
    this.worker.unref();
    this.#die(reason);
  }

  #close(): void {
    this.worker.postMessage({ kind: 'close', id: 0 } satisfies Message & { id: number });
  }
}
