import { Worker } from 'node:worker_threads';
import type { Message, Reply, WorkerSettings } from './messages.js';

/** The thread that was to answer is gone. */
export class ThreadDied extends Error {}

/** One worker thread, asked by message and answered by promise. */
export class Thread {
  readonly worker: Worker;
  /** Resolves when the thread has ended, whatever ended it, with the reason. */
  readonly ended: Promise<string>;
  readonly #waiting = new Map<number, { resolve: (reply: Reply) => void; reject: (error: Error) => void }>();
  #lastId = 0;
  #dead = false;

  constructor(settings: WorkerSettings) {
    this.worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: settings });
    this.worker.on('message', (reply: Reply) => {
      this.#waiting.get(reply.id)?.resolve(reply);
      this.#waiting.delete(reply.id);
    });
    let reason = '';
    this.worker.on('error', (error) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    this.ended = new Promise((resolve) => {
      this.worker.once('exit', (code) => {
        this.#dead = true;
        const died = new ThreadDied(`a worker thread ended (${reason || `exit code ${code}`})`);
        for (const { reject } of this.#waiting.values()) reject(died);
        this.#waiting.clear();
        resolve(died.message);
      });
    });
  }

  /**
   * @param transfer buffers that are moved, not copied
   * @throws ThreadDied, or an Error with what the thread says of a message that failed as a whole
   */
  async ask(message: Message, transfer: ArrayBuffer[] = []): Promise<Reply> {
    if (this.#dead) throw new ThreadDied('a worker thread ended');
    const id = ++this.#lastId;
    const reply = await new Promise<Reply>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.worker.postMessage({ ...message, id }, transfer);
    });
    if (reply.failure) throw new Error(reply.failure.message);
    return reply;
  }

  async end(): Promise<void> {
    await this.worker.terminate();
    await this.ended;
  }
}
