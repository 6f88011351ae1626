import type { FileDataset } from '../file-dataset.js';
import type { Batch, BatchOptions, BatchSource } from './batch-source.js';
import { startBatchThread } from './batch-thread.js';
import type { Order } from './batch-worker.js';
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
  const thread = await startBatchThread(data, options);

  let ordered: Order[] = []; // what is next to come, in order
  let orders = 0;
  function orderFrom(position: Position): void {
    let next = ordered.length > 0 ? after(ordered[ordered.length - 1], steps) : position;
    for (; ordered.length < BATCHES_AHEAD; next = after(next, steps)) {
      const order = { ...next, id: ++orders };
      thread.order(order);
      ordered.push(order);
    }
  }

  async function batchAt(position: Position): Promise<Batch> {
    const [next] = ordered;
    if (next?.epoch !== position.epoch || next.step !== position.step) ordered = [];
    orderFrom(position);
    for (;;) {
      const reply = await thread.reply();
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
  async function take(position: Position): Promise<Batch> {
    const asked = performance.now();
    const batch = last.then(() => batchAt(position)); // iterations take turns
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
    async *epoch(epoch, firstStep = 1) {
      for (let step = firstStep; step <= steps; step++) yield await take({ epoch, step });
    },
    waitedSeconds: () => waitedMs / 1000,
    close: thread.close,
  };
}

const after = ({ epoch, step }: Position, steps: number): Position =>
  step < steps ? { epoch, step: step + 1 } : { epoch: epoch + 1, step: 1 };
