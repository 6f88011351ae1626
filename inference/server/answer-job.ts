import type { FastifyReply } from 'fastify';
import type { ServerContext } from './context.js';
import type { ServedModel } from './models.js';
import type { FailureKind, Job } from './pool/messages.js';
import { Problem, type ProblemName } from './problem.js';

const problemOf: Record<FailureKind, ProblemName> = {
  audio: 'audio',
  'too-long': 'audio-too-long',
  request: 'bad-request',
  internal: 'internal',
};

/**
 * A job's answer from a worker. The client's hanging up and the time limit take it out of the queue.
 *
 * @throws Problem, or as `WorkerPool.run` does
 */
export async function answerJob<Value>(
  { pool, settings }: ServerContext,
  reply: FastifyReply,
  model: ServedModel,
  job: Job,
): Promise<Value> {
  const end = new AbortController();
  const { requestTimeoutSeconds } = settings;
  const timer = setTimeout(
    () => end.abort(new Problem('timeout', `there was no answer after ${requestTimeoutSeconds} s`)),
    requestTimeoutSeconds * 1000,
  );
  const hangUp = () => end.abort(new Problem('request-timeout', 'the client went away'));
  reply.raw.once('close', hangUp);
  try {
    if (reply.raw.destroyed) hangUp();
    const { value, failure } = { value: undefined, ...(await pool.run(model.key, job, end.signal)) };
    if (!failure) return value as Value;
    if (failure.kind === 'internal') throw new Error(failure.message);
    throw new Problem(problemOf[failure.kind], failure.message);
  } finally {
    clearTimeout(timer);
    reply.raw.off('close', hangUp);
  }
}

/** @throws Problem where the queue is full, so that nothing is uploaded for nothing */
export function assertRoom({ pool }: ServerContext): void {
  if (pool.isFull) throw new Problem('overloaded', 'too many requests are waiting', pool.retryAfterSeconds);
}
