import type { Answer, Job, Ports, StreamRequest, WorkerSettings } from './messages.js';
import { Rate } from './rate.js';
import { Thread, ThreadDied } from './thread.js';

/** The queue is full, or the server is ending. */
export class QueueFull extends Error {
  constructor(readonly retryAfterSeconds: number) {
    super('too many requests are waiting');
  }
}

/** A run took longer than a request may; its thread was ended. */
export class RunTimeout extends Error {}

export interface PoolOptions extends WorkerSettings {
  workers: number;
  maxBatch: number;
  batchWaitMs: number;
  maxQueue: number;
  /** After which a thread that has not answered is given up and replaced. */
  runTimeoutMs: number;
}

/** What a pool tells of itself, for metrics and the log. */
export interface PoolEvents {
  batch(size: number, milliseconds: number): void;
  workerDied(reason: string): void;
}

interface Waiting {
  key: string;
  job: Job;
  since: number;
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/** A model as a pool holds it: `key` tells two versions of one name apart. */
export interface PoolModel {
  key: string;
  name: string;
  bytes: Uint8Array;
}

/** A client's stream, in one of the threads. */
export interface PoolStream {
  /** Resolves when the stream's thread has ended, and the stream with it. */
  readonly ended: Promise<string>;
  /** Resolves when the samples are taken: whoever waits for it keeps memory bounded. The buffer is moved. */
  write(samples: Float32Array): Promise<void>;
  /** @param whole the results of all that was written are told first */
  end(whole: boolean): Promise<void>;
}

const LONGEST_PAUSE_MS = 10_000;

/**
 * Worker threads that each hold every model, and one queue before them. Requests that wait for the same model are put
 * into one run of it, shared out evenly among the threads that are idle.
 *
 * Written on `node:worker_threads` and not on a library of pools, since those hand a task to a thread as it comes: they
 * can neither put waiting tasks together, nor say which tasks were in a thread that died, nor bring up a model's next
 * version beside the last.
 */
export class WorkerPool {
  /** Those that live, for whoever wants to look at them; they are replaced when they end. */
  readonly threads = new Set<Thread>();
  readonly #idle: Thread[] = [];
  readonly #queue: Waiting[] = [];
  readonly #models = new Map<string, PoolModel>();
  readonly #inUse = new Map<string, number>();
  readonly #rate = new Rate();
  /** Starting threads and changing models follow one another, so that every thread has every model. */
  #changes: Promise<unknown> = Promise.resolve();
  #batchTimer: NodeJS.Timeout | undefined;
  #closed = false;
  #lastStream = 0;

  constructor(
    readonly options: PoolOptions,
    readonly events: PoolEvents,
  ) {}

  get queueLength(): number {
    return this.#queue.length;
  }

  get isFull(): boolean {
    return this.#closed || this.#queue.length >= this.options.maxQueue;
  }

  /** Seconds after which the queue will have been worked off, by the rate of late. */
  get retryAfterSeconds(): number {
    return Math.max(1, Math.ceil(this.#queue.length / this.#rate.perSecond(this.threads.size)));
  }

  /** Starts the threads. @throws Error where one cannot start */
  async start(): Promise<void> {
    await this.#change(() => Promise.all(Array.from({ length: this.options.workers }, () => this.#startThread())));
  }

  /**
   * One job, when its turn comes.
   *
   * @param signal takes a waiting job out of the queue; a running one goes on, and nobody hears of it
   * @throws QueueFull, ThreadDied where its thread ended under it, RunTimeout, or the signal's reason
   */
  run(key: string, job: Job, signal: AbortSignal): Promise<Answer> {
    if (this.isFull) return Promise.reject(new QueueFull(this.retryAfterSeconds));
    if (signal.aborted) return Promise.reject(signal.reason);
    this.#hold(key);
    const answered = new Promise<Answer>((resolve, reject) => {
      const waiting: Waiting = { key, job, since: performance.now(), resolve, reject };
      signal.addEventListener(
        'abort',
        () => {
          const place = this.#queue.indexOf(waiting);
          if (place >= 0) this.#queue.splice(place, 1);
          reject(signal.reason);
        },
        { once: true },
      );
      this.#queue.push(waiting);
      this.#dispatch();
    });
    return answered.finally(() => this.#letGo(key));
  }

  /**
   * A stream in the thread that has fewest; it keeps its version of the model to its end.
   *
   * @param tell gets each result
   * @throws MessageFailed for what cannot be streamed, ThreadDied
   */
  async openStream(key: string, options: StreamRequest, tell: (result: unknown) => void): Promise<PoolStream> {
    const [thread] = [...this.threads].sort((a, b) => a.streams.size - b.streams.size);
    if (!thread || this.#closed) throw new QueueFull(1);
    const stream = ++this.#lastStream;
    this.#hold(key);
    thread.streams.set(stream, tell);
    const letGo = () => {
      if (thread.streams.delete(stream)) this.#letGo(key);
    };
    try {
      await thread.ask({ kind: 'open', stream, key, options });
    } catch (error) {
      letGo();
      throw error;
    }
    return {
      ended: thread.ended,
      write: async (samples) => {
        await thread.ask({ kind: 'block', stream, samples }, [samples.buffer as ArrayBuffer]);
      },
      end: async (whole) => {
        try {
          if (thread.streams.has(stream)) await thread.ask({ kind: 'end', stream, whole });
        } finally {
          letGo();
        }
      },
    };
  }

  /**
   * A model into every thread, one thread after the other, so that the others go on working.
   *
   * @returns what it takes and gives
   * @throws Error where a thread cannot load it; then no thread keeps it
   */
  addModel(model: PoolModel): Promise<Ports> {
    return this.#change(async () => {
      const loaded: Thread[] = [];
      let ports: Ports | undefined;
      try {
        for (const thread of this.threads) {
          ({ ports } = await thread.ask({ kind: 'load', ...model }));
          loaded.push(thread);
        }
        if (!ports) throw new Error('no worker is ready to load a model');
      } catch (error) {
        await Promise.allSettled(loaded.map((thread) => thread.ask({ kind: 'release', key: model.key })));
        throw error;
      }
      this.#models.set(model.key, model);
      return ports;
    });
  }

  /** Takes a model out of every thread once no job wants it any more. */
  async removeModel(key: string): Promise<void> {
    while ((this.#inUse.get(key) ?? 0) > 0 && !this.#closed) await new Promise((resolve) => setTimeout(resolve, 50));
    await this.#change(async () => {
      this.#models.delete(key);
      this.#inUse.delete(key);
      await Promise.allSettled([...this.threads].map((thread) => thread.ask({ kind: 'release', key })));
    });
  }

  /** Ends the threads. What still waits or runs is rejected: whoever wants it answered waits for it first. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#batchTimer);
    for (const { reject } of this.#queue.splice(0)) reject(new QueueFull(1));
    await Promise.all([...this.threads].map((thread) => thread.end(this.options.runTimeoutMs)));
    await this.#changes;
  }

  #hold(key: string): void {
    this.#inUse.set(key, (this.#inUse.get(key) ?? 0) + 1);
  }

  #letGo(key: string): void {
    this.#inUse.set(key, (this.#inUse.get(key) ?? 1) - 1);
  }

  #change<T>(work: () => Promise<T>): Promise<T> {
    const changed = this.#changes.then(work);
    this.#changes = changed.catch(() => {});
    return changed;
  }

  async #startThread(): Promise<void> {
    if (this.#closed) return;
    const { provider, maxAudioSeconds } = this.options;
    const thread = new Thread({ provider, maxAudioSeconds });
    try {
      for (const model of this.#models.values()) await thread.ask({ kind: 'load', ...model });
    } catch (error) {
      thread.giveUp('it could not load the models');
      throw error;
    }
    if (this.#closed) {
      thread.giveUp('the pool was closed');
      return;
    }
    this.threads.add(thread);
    thread.ended.then((reason) => this.#replace(thread, reason));
    this.#idle.push(thread);
    this.#dispatch();
  }

  /** A new thread for one that died, tried again with longer and longer pauses. */
  async #replace(thread: Thread, reason: string): Promise<void> {
    this.threads.delete(thread);
    if (this.#idle.includes(thread)) this.#idle.splice(this.#idle.indexOf(thread), 1);
    if (this.#closed) return;
    this.events.workerDied(reason);
    for (let pauseMs = 100; !this.#closed; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        return await this.#change(() => this.#startThread());
      } catch (error) {
        this.events.workerDied(`a new worker thread does not start: ${(error as Error).message}`);
        await new Promise((resolve) => setTimeout(resolve, pauseMs).unref());
      }
    }
  }

  #dispatch(): void {
    clearTimeout(this.#batchTimer);
    while (this.#idle.length > 0 && this.#queue.length > 0) {
      const waitMs = this.#waitForMore();
      if (waitMs > 0) {
        this.#batchTimer = setTimeout(() => this.#dispatch(), waitMs);
        return;
      }
      const batch = this.#takeBatch(Math.ceil(this.#queue.length / this.#idle.length));
      void this.#runBatch(this.#idle.shift()!, batch);
    }
  }

  /** How long the first in the queue may still wait for others to share its run. */
  #waitForMore(): number {
    const { maxBatch, batchWaitMs } = this.options;
    const [{ job, since }] = this.#queue;
    if (job.kind !== 'classify' || this.#queue.length >= maxBatch) return 0;
    return Math.ceil(since + batchWaitMs - performance.now());
  }

  /** The first in the queue, and at most `share` in all of those that can share its run. */
  #takeBatch(share: number): Waiting[] {
    const [first] = this.#queue;
    const most = first.job.kind === 'classify' ? Math.min(share, this.options.maxBatch) : 1;
    const batch = this.#queue.filter(({ key, job }) => key === first.key && job.kind === first.job.kind).slice(0, most);
    const taken = new Set(batch);
    this.#queue.splice(0, this.#queue.length, ...this.#queue.filter((waiting) => !taken.has(waiting)));
    return batch;
  }

  async #runBatch(thread: Thread, batch: readonly Waiting[]): Promise<void> {
    const start = performance.now();
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      thread.giveUp('a run took longer than a request may');
    }, this.options.runTimeoutMs);
    try {
      const jobs = batch.map(({ job }) => job);
      const { answers = [] } = await thread.ask({ kind: 'run', key: batch[0].key, jobs }, jobs.map(bufferOf));
      const milliseconds = performance.now() - start;
      this.#rate.add(batch.length, milliseconds);
      this.events.batch(batch.length, milliseconds);
      for (const [i, { resolve }] of batch.entries()) resolve(answers[i]);
    } catch (error) {
      const reason = timedOut ? new RunTimeout('the run took longer than a request may') : (error as Error);
      for (const { reject } of batch) reject(reason);
      if (error instanceof ThreadDied) return;
    } finally {
      clearTimeout(timer);
    }
    this.#idle.push(thread);
    this.#dispatch();
  }
}

const bufferOf = (job: Job): ArrayBuffer =>
  (job.kind === 'infer' ? job.values.buffer : job.audio.buffer) as ArrayBuffer;
