import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** How a job is answered: by a function on this thread, or by the script of a worker thread (job in, reply out). */
export interface Work<Job, Reply> {
  answer: (job: Job) => Promise<Reply>;
  script: URL;
}

type Server<Job, Reply> = (job: Job, stop: AbortSignal) => Promise<Reply>;

/**
 * Runs the jobs on `workers` threads (0: on this one), each thread taking the next job when it has done its last.
 * The first error, of a worker or of `receive`, or the signal's abort stops all: no new job begins, the threads end,
 * what `receive` has begun is waited for, and the error or the signal's reason is thrown.
 */
export async function runJobs<Job, Reply>(
  jobs: readonly Job[],
  { answer, script }: Work<Job, Reply>,
  workers: number,
  signal: AbortSignal | undefined,
  receive: (job: Job, reply: Reply) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const abort = () => stop.abort(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  const threads = Array.from({ length: Math.min(workers, jobs.length) }, () => new Worker(script));
  const servers: Server<Job, Reply>[] = workers === 0 ? [answer] : threads.map((thread) => answerIn(thread));

  let next = 0;
  const serve = async (answered: Server<Job, Reply>) => {
    try {
      while (next < jobs.length && !stop.signal.aborted) {
        const job = jobs[next++];
        await receive(job, await answered(job, stop.signal));
      }
    } catch (error) {
      stop.abort(error); // the first reason stays
    }
  };
  await Promise.all(servers.map(serve));
  await Promise.all(threads.map((thread) => thread.terminate()));
  signal?.removeEventListener('abort', abort);
  stop.signal.throwIfAborted();
}

/** A job in a worker thread. A thread that dies rejects, whatever the job. */
function answerIn<Job, Reply>(thread: Worker): Server<Job, Reply> {
  return async (job, stop) => {
    thread.postMessage(job);
    const [reply] = await once(thread, 'message', { signal: stop });
    return reply;
  };
}
