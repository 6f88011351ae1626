import { once } from 'node:events';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { FileDataset } from '../file-dataset.js';
import type { BatchOptions } from './batch-source.js';
import type { BatchWork, Order, Reply } from './batch-worker.js';

/** A thread that makes batches to order. */
export interface BatchThread {
  order(order: Order): void;
  /**
   * The next reply, in the orders' order, and without a turn of the event loop where it is there. One caller at a time.
   *
   * @throws Error where the thread died or was closed
   */
  reply(): Promise<Reply>;
  /** Ends the thread; whoever waits for a reply gets an error. */
  close(): Promise<void>;
}

/** Starts a thread. It keeps the process alive only while a reply is waited for. */
export async function startBatchThread(data: FileDataset, options: BatchOptions): Promise<BatchThread> {
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

  return {
    order: (order) => port.postMessage(order),
    async reply() {
      for (;;) {
        if (failure) throw failure;
        const reply = arrived.shift() ?? (receiveMessageOnPort(port)?.message as Reply | undefined);
        if (reply) return reply;
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        port.ref();
        await woken;
        port.unref();
      }
    },
    async close() {
      fail(new Error('the batches were closed'));
      port.close();
      await thread.terminate();
    },
  };
}
