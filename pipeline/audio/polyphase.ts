import { kernelWasm } from './kernel-wasm.js';
import type { StreamingResampler } from './streaming-resampler.js';
import { WasmKernel } from './wasm-kernel.js';

/** What assembly/ compiles to; arguments are told there. */
interface PolyphaseKernel {
  polyphase(
    ...pointers: [
      ...[input: number, weights: number, output: number, count: number],
      ...[taps: number, up: number, down: number, phase: number],
    ]
  ): void;
}
const kernel = new WasmKernel<PolyphaseKernel>(kernelWasm);

/** Passband as a share of the lower Nyquist rate, taps when going up, and β of the Kaiser window: SpeexDSP's quality 10. */
const PASSBAND = 0.975;
const TAPS = 256;
const BETA = 12;

/** A filter of more weights (4 MB) is not made: rates like 44 099 Hz have a phase for every sample of a second. */
const MOST_WEIGHTS = 2 ** 20;
const KEPT_FILTERS = 4;
const BLOCK_SAMPLES = 4096;

/** Sample n of the output lies at n · down / up of the input; as many phases as `up`. */
interface Filter {
  up: number;
  down: number;
  taps: number;
  /** `taps` as a multiple of 16: as the kernel takes them, with zeros behind. */
  rowTaps: number;
  weights: Float32Array; // (up, rowTaps)
}

const filters = new Map<string, Filter>();
/** Whose weights are in the kernel's memory. */
let prepared: Filter | undefined;

/** Whether a filter between these rates is small enough to be made. */
export function hasPolyphase(fromHz: number, toHz: number): boolean {
  const { up, taps } = sizesOf(fromHz, toHz);
  return up * taps <= MOST_WEIGHTS;
}

/**
 * Resamples by a windowed sinc, each phase of which is computed once: h(t) = c · sinc(ct) · kaiser(2t / taps), t in input
 * samples, c = 0.975 of the lower rate; 256 taps, more by the ratio when going down. It is SpeexDSP's filter of quality 10
 * by its formula (whose Kaiser window is interpolated from a table), so that the samples are its samples within 2e-6 of full scale.
 */
export function createPolyphaseResampler(fromHz: number, toHz: number): StreamingResampler {
  const filter = filterOf(fromHz, toHz);
  const { up, down, taps } = filter;
  const before = taps / 2 - 1; // input samples that an output needs before its place
  /** What outputs to come still need of the input, and the place of its first sample. */
  let held: Float32Array = new Float32Array(0);
  let heldFrom = 0;
  let read = 0;
  let written = 0;
  let open = true;
  const assertOpen = () => {
    if (!open) throw new Error('the resampler has ended: make another one for another signal');
  };
  const outputsUpTo = (end: number): Float32Array => {
    const output = filtered(filter, held, heldFrom, written, Math.max(0, end - written));
    written += output.length;
    return output;
  };
  const release = () => {
    open = false;
    held = new Float32Array(0);
  };
  return {
    push(samples) {
      assertOpen();
      held = joined(held, samples);
      read += samples.length;
      // Output n lies at ⌊n · down / up⌋ and needs taps / 2 samples behind that.
      const output = outputsUpTo(Math.max(0, Math.ceil(((read - taps / 2) * up) / down)));
      const needed = Math.min(Math.max(heldFrom, Math.floor((written * down) / up) - before), read);
      held = held.slice(needed - heldFrom);
      heldFrom = needed;
      return output;
    },
    end() {
      assertOpen();
      const tail = outputsUpTo(Math.round((read * toHz) / fromHz));
      release();
      return tail;
    },
    release,
  };
}

/** Outputs `first` and so many after it, of a signal that is silent but for `samples`, which begin at place `from`. */
function filtered(filter: Filter, samples: Float32Array, from: number, first: number, count: number): Float32Array {
  const { up, down, taps, rowTaps, weights } = filter;
  const most = Math.min(BLOCK_SAMPLES, count);
  const blockInput = Math.ceil((most * down) / up) + rowTaps;
  const inputAt = weights.byteLength;
  const outputAt = inputAt + 4 * blockInput;
  const { functions, buffer } = kernel.with(outputAt + 4 * most);
  if (prepared !== filter) new Float32Array(buffer, 0, weights.length).set(weights);
  prepared = filter;
  const input = new Float32Array(buffer, inputAt, blockInput);
  const output = new Float32Array(buffer, outputAt, most);
  const given = new Float32Array(count);
  for (let done = 0; done < count; done += BLOCK_SAMPLES) {
    const block = Math.min(BLOCK_SAMPLES, count - done);
    const place = (first + done) * down;
    const start = Math.floor(place / up) - taps / 2 + 1 - from; // of the input, within `samples`
    const inside = Math.max(0, start);
    input
      .fill(0)
      .set(samples.subarray(inside, Math.max(inside, start + blockInput)), Math.min(blockInput, inside - start));
    functions.polyphase(inputAt, 0, outputAt, block, rowTaps, up, down, place % up);
    given.set(output.subarray(0, block), done);
  }
  return given;
}

function joined(a: Float32Array, b: Float32Array): Float32Array {
  if (a.length === 0) return b;
  const whole = new Float32Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}

function filterOf(fromHz: number, toHz: number): Filter {
  const key = `${fromHz}/${toHz}`;
  const known = filters.get(key);
  if (known) return known;
  if (filters.size === KEPT_FILTERS) filters.delete(filters.keys().next().value!);
  const filter = makeFilter(fromHz, toHz);
  filters.set(key, filter);
  return filter;
}

function makeFilter(fromHz: number, toHz: number): Filter {
  const { up, down, taps } = sizesOf(fromHz, toHz);
  const cutoff = PASSBAND * Math.min(1, up / down);
  const rowTaps = 16 * Math.ceil(taps / 16);
  const weights = new Float32Array(up * rowTaps);
  for (let phase = 0; phase < up; phase++)
    for (let tap = 0; tap < taps; tap++) {
      const t = tap - taps / 2 + 1 - phase / up;
      weights[phase * rowTaps + tap] = cutoff * sinc(cutoff * t) * kaiser((2 * t) / taps);
    }
  return { up, down, taps, rowTaps, weights };
}

function sizesOf(fromHz: number, toHz: number): { up: number; down: number; taps: number } {
  const common = greatestCommonDivisor(fromHz, toHz);
  const [up, down] = [toHz / common, fromHz / common];
  return { up, down, taps: down > up ? 8 * Math.ceil(Math.floor((TAPS * down) / up) / 8) : TAPS };
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

const sinc = (t: number): number => (t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t));

/** 1 in the middle, 0 beyond ±1. */
const kaiser = (u: number): number => (Math.abs(u) >= 1 ? 0 : bessel(BETA * Math.sqrt(1 - u * u)) / bessel(BETA));

/** Modified Bessel function of the first kind and order 0, by its power series. */
function bessel(x: number): number {
  let sum = 1;
  for (let term = 1, k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
