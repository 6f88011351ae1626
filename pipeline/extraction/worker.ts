import { parentPort } from 'node:worker_threads';
import { answer, type ClipJob } from './clip-job.js';

/** A worker thread: jobs in, replies out, the arrays moved and not copied. */
parentPort!.on('message', async (job: ClipJob) => {
  const reply = await answer(job);
  const buffers = reply.kind === 'units' ? reply.units.map(({ buffer }) => buffer as ArrayBuffer) : [];
  parentPort!.postMessage(reply, buffers);
});
