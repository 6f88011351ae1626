import { STATUS_CODES } from 'node:http';

/** What a request may fail of, in the order of the status. `docs/server.md` explains them. */
export const problems = {
  'bad-request': { status: 400, title: 'The request cannot be understood' },
  unauthorized: { status: 401, title: 'No valid API key' },
  'origin-refused': { status: 403, title: 'Pages of this origin may not ask' },
  'not-found': { status: 404, title: 'There is no such resource' },
  'no-such-model': { status: 404, title: 'There is no such model' },
  'request-timeout': { status: 408, title: 'The request did not arrive in time' },
  'body-too-large': { status: 413, title: 'The recording has too many bytes' },
  audio: { status: 422, title: 'The recording cannot be used' },
  'audio-too-long': { status: 422, title: 'The recording is too long' },
  internal: { status: 500, title: 'The server failed' },
  overloaded: { status: 503, title: 'The server has too much to do' },
  'worker-died': { status: 503, title: 'The worker on this request ended' },
  'shutting-down': { status: 503, title: 'The server is ending' },
  timeout: { status: 504, title: 'The answer took too long' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemName = keyof typeof problems;

/** An error that a client is told, as RFC 9457 has it. */
export class Problem extends Error {
  readonly status: number;

  /**
   * @param detail one line for people: what is wrong with this request
   * @param retryAfterSeconds when to come again
   */
  constructor(
    readonly problem: ProblemName,
    detail: string,
    readonly retryAfterSeconds?: number,
  ) {
    super(detail);
    this.status = problems[problem].status;
  }
}

export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** Names this one occurrence; the log has the same id. */
  instance: string;
}

export const problemBody = ({ problem, status, message }: Problem, requestId: string): ProblemBody => ({
  type: `urn:serkit:problem:${problem}`,
  title: problems[problem].title,
  status,
  detail: message,
  instance: `urn:uuid:${requestId}`,
});

/** What a client that sent no request worth the name is written, on the bare socket. */
export function rawProblem(problem: Problem, requestId: string): string {
  const body = JSON.stringify(problemBody(problem, requestId));
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
