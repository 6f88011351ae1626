import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { answer, type ClipJob, type Reply } from './clip-job.js';

type Extractor = (job: ClipJob, stop: AbortSignal) => Promise<Reply>;

/**
 * Runs the jobs on `workers` threads (0: on this one), each thread taking the next job when it has done its last.
 * The first error, of a worker or of `receive`, or the signal's abort stops all: no new job begins, the threads end,
 * what `receive` has begun is waited for, and the error or the signal's reason is thrown.
 */
export async function runJobs(
  jobs: readonly ClipJob[],
  workers: number,
  signal: AbortSignal | undefined,
  receive: (job: ClipJob, reply: Reply) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const abort = () => stop.abort(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  const threads = Array.from({ length: Math.min(workers, jobs.length) }, startWorker);
  const extractors: Extractor[] = workers === 0 ? [answer] : threads.map((thread) => extractIn(thread));

  let next = 0;
  const serve = async (extract: Extractor) => {
    try {
      while (next < jobs.length && !stop.signal.aborted) {
        const job = jobs[next++];
        await receive(job, await extract(job, stop.signal));
      }
    } catch (error) {
      stop.abort(error); // the first reason stays
    }
  };
  await Promise.all(extractors.map(serve));
  await Promise.all(threads.map((thread) => thread.terminate()));
  signal?.removeEventListener('abort', abort);
  stop.signal.throwIfAborted();
}

const startWorker = () => new Worker(new URL('./worker.js', import.meta.url));

/** A job in a worker thread. A thread that dies rejects, whatever the job. */
function extractIn(thread: Worker): Extractor {
  return async (job, stop) => {
    thread.postMessage(job);
    const [reply] = await once(thread, 'message', { signal: stop });
    return reply;
  };
}
