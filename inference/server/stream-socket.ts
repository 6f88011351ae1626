import type { WebSocket } from '@fastify/websocket';
import type { FastifyBaseLogger } from 'fastify';
import type { ServerContext } from './context.js';
import { toProblem } from './errors.js';
import type { ServedModel } from './models.js';
import type { PoolStream } from './pool/pool.js';
import { MessageFailed } from './pool/thread.js';
import { Problem, problems } from './problem.js';
import { streamRequestSchema } from './schemas.js';

/** Results that a client has not read: one that reads so slowly is let go. */
const MAX_UNREAD_BYTES = 2 ** 20;

/** Close codes of RFC 6455, section 7.4.1. */
const CLOSE = { done: 1000, goingAway: 1001, refused: 1008, failed: 1011 } as const;

/** One client's WebSocket and its stream in a worker. While a block is being worked on, no more is read. */
export class StreamSocket {
  #encoding: 'f32le' | 's16le' | undefined;
  #stream: PoolStream | undefined;
  #idle: NodeJS.Timeout;
  /** Messages are worked on one after the other. */
  #last = Promise.resolve();

  constructor(
    readonly socket: WebSocket,
    readonly context: ServerContext,
    readonly model: ServedModel,
    readonly log: FastifyBaseLogger,
  ) {
    context.metrics.streams.inc();
    this.#idle = this.#startIdle();
    socket.on('message', (data, isBinary) => {
      this.#idle.refresh();
      socket.pause();
      this.#last = this.#last.then(() => this.#take(data, isBinary)).catch((error) => this.#fail(error));
    });
    socket.on('error', (error) => log.info({ reason: error.message }, 'a stream was refused'));
    socket.once('close', () => {
      clearTimeout(this.#idle);
      context.metrics.streams.dec();
      void this.#stream?.end(false).catch(() => {});
    });
  }

  /** The server is ending. */
  goAway(): void {
    this.socket.close(CLOSE.goingAway, 'the server is ending');
  }

  async #take(data: unknown, isBinary: boolean): Promise<void> {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (!this.#stream) await this.#open(isBinary ? undefined : String(data));
    else if (isBinary) await this.#stream.write(samplesOf(data as Buffer, this.#encoding!));
    else {
      if (!isEnd(String(data))) throw new Problem('bad-request', 'after the first message come bytes, or {"end":true}');
      await this.#stream.end(true);
      this.socket.close(CLOSE.done);
    }
    this.socket.resume();
  }

  async #open(text: string | undefined): Promise<void> {
    const parsed = streamRequestSchema.safeParse(text === undefined ? undefined : parsedJson(text));
    if (!parsed.success) {
      const issues = parsed.error.issues.map(
        ({ path, message }) => `${path.join('.') || 'the first message'}: ${message}`,
      );
      throw new Problem('bad-request', issues.join('; '));
    }
    const { encoding, ...options } = parsed.data;
    this.#encoding = encoding;
    const stream = await this.context.pool.openStream(this.model.key, options, (result) => this.#tell(result));
    this.#stream = stream;
    if (this.socket.readyState !== this.socket.OPEN) await stream.end(false);
    void stream.ended.then(() =>
      this.#fail(new Problem('worker-died', 'the worker of this stream ended: open it again')),
    );
  }

  #tell(result: unknown): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > MAX_UNREAD_BYTES)
      this.#fail(new Problem('bad-request', 'the results are not being read'));
    else this.socket.send(JSON.stringify(result));
  }

  #fail(error: unknown): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    const isRequests = error instanceof MessageFailed && error.failure.kind === 'request';
    const problem = isRequests ? new Problem('bad-request', error.message) : toProblem(error);
    if (problem.problem === 'internal') this.log.error({ err: error }, 'a stream failed');
    const { title } = problems[problem.problem];
    const type = `urn:serkit:problem:${problem.problem}`;
    this.socket.send(JSON.stringify({ type, title, status: problem.status, detail: problem.message }));
    this.socket.close(problem.status < 500 ? CLOSE.refused : CLOSE.failed, problem.problem);
    this.socket.resume();
  }

  #startIdle(): NodeJS.Timeout {
    const { streamIdleSeconds } = this.context.settings;
    return setTimeout(
      () => this.#fail(new Problem('request-timeout', `nothing came for ${streamIdleSeconds} s`)),
      streamIdleSeconds * 1000,
    );
  }
}

/** @throws Problem for bytes that are no whole number of samples */
function samplesOf(bytes: Buffer, encoding: 'f32le' | 's16le'): Float32Array {
  const size = encoding === 'f32le' ? 4 : 2;
  if (bytes.length % size !== 0)
    throw new Problem('bad-request', `a block of ${bytes.length} bytes is no whole number of samples of ${encoding}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const read =
    encoding === 'f32le'
      ? (i: number) => view.getFloat32(4 * i, true)
      : (i: number) => view.getInt16(2 * i, true) / 32_768;
  return Float32Array.from({ length: bytes.length / size }, (_, i) => read(i));
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isEnd(text: string): boolean {
  const message = parsedJson(text);
  return typeof message === 'object' && message !== null && 'end' in message && message.end === true;
}
