import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { QueueFull, RunTimeout } from './pool/pool.js';
import { ThreadDied } from './pool/thread.js';
import { Problem, problemBody } from './problem.js';

/** Whatever went wrong, as the client is told it. What is our own fault is told without its message. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof QueueFull) return new Problem('overloaded', error.message, error.retryAfterSeconds);
  if (error instanceof ThreadDied)
    return new Problem('worker-died', 'the worker ended under this request; others go on', 1);
  if (error instanceof RunTimeout) return new Problem('timeout', error.message);
  const { statusCode = 500, message, code } = error as FastifyError;
  const detail = message.replace(/\s+/g, ' ').trim();
  if (statusCode === 413 && code !== 'FST_FILES_LIMIT') return new Problem('body-too-large', detail);
  if (statusCode >= 400 && statusCode < 500) return new Problem('bad-request', detail);
  return new Problem('internal', 'the server failed on this request; its log has more under the id in `instance`');
}

/** Logs what is our own fault, and sets status and headers. */
export function beginProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): Problem {
  const problem = toProblem(error);
  if (problem.status === 500) request.log.error({ err: error }, 'a request failed');
  else request.log.info({ problem: problem.problem, detail: problem.message }, 'a request was refused');
  reply.code(problem.status);
  if (problem.retryAfterSeconds !== undefined) reply.header('retry-after', problem.retryAfterSeconds);
  if (problem.problem === 'unauthorized') reply.header('www-authenticate', 'Bearer');
  // What is left of an upload is not waited for.
  if (!request.raw.complete) reply.header('connection', 'close');
  return problem;
}

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = beginProblem(error, request, reply);
  reply.type('application/problem+json');
  return reply.serializer(JSON.stringify).send(problemBody(problem, request.id));
}
