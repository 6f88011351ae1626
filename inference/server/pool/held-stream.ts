import type { StreamResult } from '../../streaming/stream.js';

/** One client's stream in a worker: its results are told as they come. */
export class HeldStream {
  readonly #writer: WritableStreamDefaultWriter<Float32Array>;
  readonly #reader: ReadableStreamDefaultReader<StreamResult>;
  /** Until the last result was told; an error of the stream is kept for whoever writes or ends. */
  readonly #told: Promise<void>;

  constructor(
    { writable, readable }: TransformStream<Float32Array, StreamResult>,
    tell: (result: StreamResult) => void,
  ) {
    this.#writer = writable.getWriter();
    this.#reader = readable.getReader();
    this.#writer.closed.catch(() => {});
    this.#told = this.#tellAll(tell);
    this.#told.catch(() => {});
  }

  /** @throws as the recognizer's stream does; waits until the samples are taken */
  write(samples: Float32Array): Promise<void> {
    return this.#writer.write(samples);
  }

  /** The input is over: all results are told when this resolves. */
  async end(): Promise<void> {
    await this.#writer.close();
    await this.#told;
  }

  /** Nobody wants any more of it. */
  async cancel(): Promise<void> {
    await this.#writer.abort(new Error('the client went away')).catch(() => {});
  }

  async #tellAll(tell: (result: StreamResult) => void): Promise<void> {
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done) return;
      tell(value);
    }
  }
}
