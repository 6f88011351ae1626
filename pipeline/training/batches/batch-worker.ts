import { type MessagePort, workerData } from 'node:worker_threads';
import { examplesFromFiles, type FileDataset } from '../file-dataset.js';
import type { Batch, BatchOptions } from './batch-source.js';
import { batchesOfEpoch, makeBatch, type Position } from './make-batch.js';

/** What a batch thread is started with. */
export interface BatchWork {
  data: FileDataset;
  options: BatchOptions;
  /** Orders come in here, and replies go out, in the orders' order. */
  port: MessagePort;
}

/** Asks for one batch. */
export interface Order extends Position {
  id: number;
}

export type Reply = { id: number; batch: Batch } | { id: number; error: Error };

const { data, options, port } = workerData as BatchWork;
const examples = examplesFromFiles(data);
let current: { epoch: number; batches: number[][] } = { epoch: 0, batches: [] };

port.on('message', (order: Order) => {
  try {
    const batch = make(order);
    const moved = [batch.features.buffer, batch.targets.buffer] as ArrayBuffer[];
    port.postMessage({ id: order.id, batch } satisfies Reply, moved);
  } catch (error) {
    port.postMessage({ id: order.id, error: error as Error } satisfies Reply);
  }
});

function make({ epoch, step }: Position): Batch {
  if (current.epoch !== epoch) current = { epoch, batches: batchesOfEpoch(data.files.length, epoch, options) };
  return makeBatch(examples, current.batches[step - 1], { epoch, step }, options);
}
