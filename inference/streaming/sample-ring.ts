/** The last samples of a signal of any length. */
export class SampleRing {
  readonly #samples: Float32Array; // sample i at i mod its length
  #written = 0;

  constructor(capacity: number) {
    this.#samples = new Float32Array(capacity);
  }

  /** Samples that were pushed so far. */
  get written(): number {
    return this.#written;
  }

  /** @throws RangeError for more samples than it holds */
  push(samples: Float32Array): void {
    const capacity = this.#samples.length;
    if (samples.length > capacity) throw new RangeError(`${samples.length} samples do not fit a ring of ${capacity}`);
    const at = this.#written % capacity;
    const fits = samples.subarray(0, capacity - at);
    this.#samples.set(fits, at);
    this.#samples.set(samples.subarray(fits.length), 0);
    this.#written += samples.length;
  }

  /**
   * A copy of the samples between two positions of the signal.
   *
   * @throws RangeError where some are not there yet, or no longer
   */
  read(start: number, end: number): Float32Array {
    const capacity = this.#samples.length;
    if (start < Math.max(0, this.#written - capacity) || end > this.#written || end < start)
      throw new RangeError(`samples ${start} to ${end} are not in a ring of ${capacity} at ${this.#written}`);
    const at = start % capacity;
    const read = new Float32Array(end - start);
    const first = this.#samples.subarray(at, Math.min(capacity, at + read.length));
    read.set(first);
    read.set(this.#samples.subarray(0, read.length - first.length), first.length);
    return read;
  }
}
