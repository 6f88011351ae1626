import { mkdir, readdir } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';

export interface TensorboardLog {
  /** Writes scalars of an epoch, by tag, and hands them to the system: what was written outlives the process. */
  write(epoch: number, scalars: Record<string, number>): void;
  close(): void;
}

/** True where event files can be written: TensorFlow writes them itself, and the other backends have no writer. */
export const tensorboardSupported = (): boolean => tf.getBackend() === 'tensorflow';

/**
 * Opens TensorBoard event files in a folder, which is made where it is not there: `tensorboard --logdir FOLDER` shows
 * them. Written by TensorFlow's own summary writer. Opened again by a later process, as after an interruption, it begins
 * a new file beside the old ones, and TensorBoard joins them by their steps.
 *
 * @throws Error on another backend than tensorflow; ask `tensorboardSupported` first
 */
export async function openTensorboardLog(folder: string): Promise<TensorboardLog> {
  if (!tensorboardSupported())
    throw new Error(`${folder}: TensorBoard files need the backend tensorflow, this is ${tf.getBackend()}`);
  const { node } = await import('@tensorflow/tfjs-node-gpu');
  await mkdir(folder, { recursive: true });
  const writer = node.summaryFileWriter(folder);
  writer.flush();
  // A process has one writer a folder; where its file was taken away, TensorFlow would write on into nothing.
  if (!(await readdir(folder)).some((file) => file.includes('tfevents')))
    throw new Error(`${folder}: its event file was removed while this process had it open; log to another folder`);
  return {
    write(epoch, scalars) {
      for (const [tag, value] of Object.entries(scalars)) writer.scalar(tag, value, epoch);
      writer.flush();
    },
    close: () => writer.flush(),
  };
}

/**
 * The figures of an epoch's metrics by tag: `{ loss, watched: { uar } }` → `epoch/loss`, `epoch/watched/uar`. The epoch
 * itself is the step, and what is no number has no tag.
 */
export function epochScalars(metrics: object): Record<string, number> {
  const scalars: Record<string, number> = {};
  const add = (value: unknown, path: string): void => {
    if (typeof value === 'number') scalars[path] = value;
    else if (value !== null && typeof value === 'object')
      for (const [name, part] of Object.entries(value)) add(part, `${path}/${name}`);
  };
  add({ ...metrics, epoch: undefined }, 'epoch');
  return scalars;
}
