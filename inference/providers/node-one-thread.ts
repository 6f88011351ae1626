import { readlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { threadId } from 'node:worker_threads';

/** How long the thread that has it may take to say who it is, which it can't in a run of its model. */
const ANSWER_MILLISECONDS = 5000;

let claimed: Promise<void> | undefined;

/**
 * Takes WebGPU for this thread, until the thread ends: where two threads of a process use onnxruntime's (1.30, Linux), it
 * ends the process with a segmentation fault. One thread after the other is fine.
 *
 * Threads share no JavaScript; what they share is the process, of which a socket's name can be held once. Who holds it says
 * which thread it is: a thread may have this module twice.
 *
 * @throws Error where another thread has it
 */
export function claimWebgpu(): Promise<void> {
  if (process.platform !== 'linux') return Promise.resolve();
  // A name, not a file; of this process, whatever namespaces containers share.
  const name = `\0serkit-webgpu-${readlinkSync('/proc/self/ns/pid')}-${process.pid}`;
  claimed ??= hold(name).catch(async () => {
    if ((await holderOf(name)) === threadId) return;
    claimed = undefined; // the other thread may have ended when it is asked for again
    throw new Error('another thread of this process uses it, and with two it would end the process');
  });
  return claimed;
}

function hold(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const holder = createServer((asker) => asker.end(String(threadId)));
    holder.unref();
    holder.once('error', reject);
    holder.listen(name, resolve);
  });
}

/** The thread that holds it; undefined where it does not say. */
async function holderOf(name: string): Promise<number | undefined> {
  const socket = connect(name);
  socket.setTimeout(ANSWER_MILLISECONDS, () => socket.destroy(new Error('no answer')));
  try {
    return Number(await text(socket));
  } catch {
    return undefined;
  }
}
