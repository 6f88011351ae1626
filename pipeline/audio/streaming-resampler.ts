/// <reference path="./speex-resampler-wasm.d.ts" />
import type { SpeexModule } from '@echogarden/speex-resampler-wasm/simd';

/** SpeexDSP's best: a windowed sinc of 256 taps (more when going down), passband 97.5 % of the lower Nyquist rate. */
const QUALITY = 10;
/** Samples that go through WebAssembly's memory at a time, each way. */
const BLOCK_SAMPLES = 8192;
const FLOAT_BYTES = 4;

let speex: Promise<SpeexModule> | undefined;

/** A filter at work: samples go in as they come, samples at the other rate come out as soon as they are known. */
export interface StreamingResampler {
  /**
   * The next samples, any number of them.
   *
   * @returns what they complete, in an array of its own; it lags half a filter behind: 128 samples of the lower rate
   * @throws Error after `end` or `release`
   */
  push(samples: Float32Array): Float32Array;
  /** The filter's tail, as if silence followed: all output together is round(n · toHz / fromHz) long. Frees the filter. */
  end(): Float32Array;
  /** Frees the filter. Harmless when it is free. */
  release(): void;
}

/**
 * Resamples a signal piece by piece. The output does not depend on how the signal was cut: joined, it is that of
 * `resample` over the whole, to the bit. Time does not drift, over hours either: the position is kept in whole numbers.
 * Equal rates pass through.
 *
 * @param fromHz rate of what is pushed, a positive integer
 * @param toHz rate of what comes out, a positive integer
 * @throws RangeError for a rate that is no positive integer
 * Source: SpeexDSP `resample.c` (`speex_resampler_skip_zeros` for the delay), by @echogarden/speex-resampler-wasm.
 */
export async function createResampler(fromHz: number, toHz: number): Promise<StreamingResampler> {
  for (const rateHz of [fromHz, toHz])
    if (!Number.isInteger(rateHz) || rateHz < 1)
      throw new RangeError(`cannot resample from ${fromHz} Hz to ${toHz} Hz: rates are positive whole numbers`);
  if (fromHz === toHz) return passThrough();
  speex ??= import('@echogarden/speex-resampler-wasm/simd').then(({ default: createModule }) => createModule());
  return new SpeexResampler(await speex, fromHz, toHz);
}

/** Between two calls of its methods others may use the same module: each call is synchronous. */
class SpeexResampler implements StreamingResampler {
  readonly #module: SpeexModule;
  readonly #fromHz: number;
  readonly #toHz: number;
  /** Addresses in the module's memory; 0 when freed. */
  #state = 0;
  #lengths = 0; // samples in, samples out
  #input = 0;
  #output = 0;
  #read = 0;
  #written = 0;

  constructor(module: SpeexModule, fromHz: number, toHz: number) {
    this.#module = module;
    this.#fromHz = fromHz;
    this.#toHz = toHz;
    this.#lengths = module._malloc(2 * FLOAT_BYTES);
    this.#input = module._malloc(BLOCK_SAMPLES * FLOAT_BYTES);
    this.#output = module._malloc(BLOCK_SAMPLES * FLOAT_BYTES);
    this.#state = module._speex_resampler_init(1, fromHz, toHz, QUALITY, this.#lengths);
    if (this.#state === 0) {
      this.release();
      throw new Error(`cannot resample from ${fromHz} Hz to ${toHz} Hz: no memory for the filter`);
    }
    module._speex_resampler_skip_zeros(this.#state);
  }

  push(samples: Float32Array): Float32Array {
    this.#assertOpen();
    // The filter's delay keeps what comes out below this; without room SpeexDSP would not read either.
    const output = new Float32Array(this.#lengthOf(this.#read + samples.length) - this.#written + 1);
    let taken = 0;
    let given = 0;
    while (taken < samples.length) {
      const block = samples.subarray(taken, taken + BLOCK_SAMPLES);
      const { read, written } = this.#process(block, block.length, output.subarray(given));
      taken += read;
      given += written;
    }
    this.#read += taken;
    this.#written += given;
    return output.subarray(0, given);
  }

  end(): Float32Array {
    this.#assertOpen();
    const tail = new Float32Array(this.#lengthOf(this.#read) - this.#written);
    const silence = new Float32Array(0);
    let given = 0;
    while (given < tail.length) given += this.#process(silence, BLOCK_SAMPLES, tail.subarray(given)).written;
    this.release();
    return tail;
  }

  release(): void {
    if (this.#state !== 0) this.#module._speex_resampler_destroy(this.#state);
    for (const address of [this.#lengths, this.#input, this.#output]) if (address !== 0) this.#module._free(address);
    this.#state = this.#lengths = this.#input = this.#output = 0;
  }

  #lengthOf(samples: number): number {
    return Math.round((samples * this.#toHz) / this.#fromHz);
  }

  #assertOpen(): void {
    if (this.#state === 0) throw new Error('the resampler has ended: make another one for another signal');
  }

  /** One turn of the filter: `block`, silence up to `length`, into as much of `output` as is known now. */
  #process(block: Float32Array, length: number, output: Float32Array): { read: number; written: number } {
    const module = this.#module;
    const [input, lengths] = [this.#input / FLOAT_BYTES, this.#lengths / FLOAT_BYTES];
    module.HEAPF32.set(block, input);
    module.HEAPF32.fill(0, input + block.length, input + length);
    module.HEAPU32[lengths] = length;
    module.HEAPU32[lengths + 1] = Math.min(BLOCK_SAMPLES, output.length);
    const failure = module._speex_resampler_process_float(
      this.#state,
      0,
      this.#input,
      this.#lengths,
      this.#output,
      this.#lengths + FLOAT_BYTES,
    );
    if (failure !== 0)
      throw new Error(`cannot resample from ${this.#fromHz} Hz to ${this.#toHz} Hz: SpeexDSP error ${failure}`);
    const [read, written] = module.HEAPU32.subarray(lengths, lengths + 2);
    output.set(module.HEAPF32.subarray(this.#output / FLOAT_BYTES, this.#output / FLOAT_BYTES + written));
    return { read, written };
  }
}

function passThrough(): StreamingResampler {
  let open = true;
  const assertOpen = () => {
    if (!open) throw new Error('the resampler has ended: make another one for another signal');
  };
  const release = () => {
    open = false;
  };
  return {
    push: (samples) => {
      assertOpen();
      return samples.slice();
    },
    end: () => {
      assertOpen();
      release();
      return new Float32Array();
    },
    release,
  };
}
