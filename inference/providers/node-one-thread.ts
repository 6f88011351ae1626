import { readlinkSync } from 'node:fs';
import { createServer } from 'node:net';

let claimed: Promise<void> | undefined;

/**
 * Takes WebGPU for this thread, until the thread ends: where two threads of a process use onnxruntime's (1.30, Linux), it
 * ends the process with a segmentation fault. One thread after the other is fine.
 *
 * Threads share no JavaScript; what they share is the process, of which a socket's name can be held once.
 *
 * @throws Error where another thread has it
 */
export function claimWebgpu(): Promise<void> {
  if (process.platform !== 'linux') return Promise.resolve();
  claimed ??= new Promise((resolve, reject) => {
    const holder = createServer();
    holder.unref();
    holder.once('error', () => {
      claimed = undefined; // the other thread may have ended when it is asked for again
      reject(new Error('another thread of this process uses it, and with two it would end the process'));
    });
    // A name, not a file; of this process, whatever namespaces containers share.
    holder.listen(`\0serkit-webgpu-${readlinkSync('/proc/self/ns/pid')}-${process.pid}`, resolve);
  });
  return claimed;
}
