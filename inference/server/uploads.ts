import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.js';

/** Memory that uploads may take, one and all together. */
export class Uploads {
  #held = 0;

  constructor(
    readonly maxBodyBytes: number,
    readonly maxBufferedBytes: number,
  ) {}

  get heldBytes(): number {
    return this.#held;
  }

  /**
   * The recording in a request: its body, or the one file of a form. What is held counts until `work` is done.
   *
   * @param work gets bytes that nobody else has, to be transferred
   * @throws Problem for a body that is missing, too large, or no proper form, and where all uploads hold too much
   */
  async withAudio<T>(request: FastifyRequest, work: (audio: Uint8Array<ArrayBuffer>) => Promise<T>): Promise<T> {
    this.#assertSize(Number(request.headers['content-length'] ?? 0));
    let taken = 0;
    try {
      const chunks: Uint8Array[] = [];
      for await (const chunk of audioOf(request)) {
        this.#assertSize(taken + chunk.length);
        if (this.#held + chunk.length > this.maxBufferedBytes)
          throw new Problem('overloaded', 'too many uploads at a time', 1);
        taken += chunk.length;
        this.#held += chunk.length;
        chunks.push(chunk);
      }
      if (taken === 0)
        throw new Problem('bad-request', 'the request has no body: send a recording, or a form with one');
      return await work(joined(chunks, taken));
    } finally {
      this.#held -= taken;
    }
  }

  #assertSize(bytes: number): void {
    if (bytes > this.maxBodyBytes)
      throw new Problem('body-too-large', `a recording may have ${this.maxBodyBytes} bytes, this one has more`);
  }
}

/** The body, or the form's first file, piece by piece. */
async function* audioOf(request: FastifyRequest): AsyncIterable<Uint8Array> {
  if (!request.isMultipart()) {
    yield* (request.body ?? []) as AsyncIterable<Uint8Array>;
    return;
  }
  try {
    const part = await request.file();
    if (part) yield* part.file;
    else throw new Problem('bad-request', 'the form has no file: send the recording as one');
  } catch (error) {
    // The form's reader has statuses for what it refuses, and plain errors for what it cannot read.
    if (error instanceof Problem || 'statusCode' in (error as object)) throw error;
    throw new Problem('bad-request', `the form cannot be read (${(error as Error).message})`);
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
