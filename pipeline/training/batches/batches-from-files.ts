import { once } from 'node:events';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { FileDataset } from '../file-dataset.js';
import type { Batch, BatchOptions, BatchSource } from './batch-source.js';
import type { BatchWork, Order, Reply } from './batch-worker.js';
import { assertBatchOptions, countLabels, countSteps, type Position } from './make-batch.js';

/** Batches that may lie ready ahead of the step, those being made included: of 64 × 60 × 216, 3.3 MB each. */
export const BATCHES_AHEAD = 4;

/**
 * Batches of features in cache files, read, normalised and put together by a worker thread ahead of the step: the same,
 * to the bit, as `batchesInMemory` gives. The thread has its orders for the next batches, into the next epoch, so it goes
 * on while a native step blocks this thread; and what it has made is taken here without a turn of the event loop.
 * Several iterations at once are served correctly, each in turn, but only one of them is worked ahead for.
 *
 * The thread does not keep the process alive. `close` ends it.
 *
 * @throws RangeError for no examples, or an option out of its range. An iteration throws an Error that names the file
 * which is gone, damaged or truncated; where the thread died; or after `close`
 */
export async function batchesFromFiles(data: FileDataset, options: BatchOptions): Promise<BatchSource> {
  assertBatchOptions(data.truth.length, options);
  const steps = countSteps(data.truth.length, options.batchSize);
  const { port1: port, port2 } = new MessageChannel();
  const work: BatchWork = { data, options, port: port2 };
  const thread = new Worker(new URL('./batch-worker.js', import.meta.url), { workerData: work, transferList: [port2] });

  const arrived: Reply[] = [];
  let failure: Error | undefined;
  let wake = () => {};
  const fail = (error: Error) => {
    failure ??= error;
    wake();
  };
  port.on('message', (reply: Reply) => {
    arrived.push(reply);
    wake();
  });
  thread.on('error', (error) => fail(new Error(`the thread that makes batches died: ${error.message}`)));
  thread.on('exit', (code) => fail(new Error(`the thread that makes batches ended with exit code ${code}`)));
  await once(thread, 'online');
  thread.unref();
  port.unref();

  async function nextReply(): Promise<Reply> {
    for (;;) {
      if (failure) throw failure;
      const reply = arrived.shift() ?? (receiveMessageOnPort(port)?.message as Reply | undefined);
      if (reply) return reply;
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      port.ref(); // somebody waits: the process must not end now
      await woken;
      port.unref();
    }
  }

  let ordered: Order[] = [];
  let orders = 0;
  const orderFrom = (position: Position) => {
    let next = ordered.length > 0 ? after(ordered[ordered.length - 1], steps) : position;
    while (ordered.length < BATCHES_AHEAD) {
      const order = { id: ++orders, epoch: next.epoch, step: next.step };
      port.postMessage(order);
      ordered.push(order);
      next = after(next, steps);
    }
  };

  async function batchAt(position: Position): Promise<Batch> {
    if (ordered[0]?.epoch !== position.epoch || ordered[0].step !== position.step) ordered = [];
    orderFrom(position);
    for (;;) {
      const reply = await nextReply();
      if (reply.id !== ordered[0].id) continue; // ordered for an iteration that was left
      if ('error' in reply) {
        ordered = [];
        throw reply.error;
      }
      ordered.shift();
      orderFrom(after(position, steps));
      return reply.batch;
    }
  }

  let last: Promise<unknown> = Promise.resolve();
  let waitedMs = 0;
  /** One at a time, in the order they were asked for. */
  async function take(position: Position): Promise<Batch> {
    const asked = performance.now();
    const batch = last.then(() => batchAt(position));
    last = batch.catch(() => {});
    try {
      return await batch;
    } finally {
      waitedMs += performance.now() - asked;
    }
  }

  return {
    shape: data.shape,
    labels: data.labels,
    steps,
    counts: countLabels(data),
    async *epoch(epoch) {
      for (let step = 1; step <= steps; step++) yield await take({ epoch, step });
    },
    waitedSeconds: () => waitedMs / 1000,
    async close() {
      fail(new Error('the batches were closed'));
      port.close();
      await thread.terminate();
    },
  };
}

const after = ({ epoch, step }: Position, steps: number): Position =>
  step < steps ? { epoch, step: step + 1 } : { epoch: epoch + 1, step: 1 };
