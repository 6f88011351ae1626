import { kernelWasm } from './kernel-wasm.js';
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
export function resamplePolyphase(samples: Float32Array, fromHz: number, toHz: number): Float32Array {
  const filter = filterOf(fromHz, toHz);
  const { up, down, taps, rowTaps, weights } = filter;
  const blockInput = Math.ceil((BLOCK_SAMPLES * down) / up) + rowTaps;
  const inputAt = weights.byteLength;
  const outputAt = inputAt + 4 * blockInput;
  const { functions, buffer } = kernel.with(outputAt + 4 * BLOCK_SAMPLES);
  if (prepared !== filter) new Float32Array(buffer, 0, weights.length).set(weights);
  prepared = filter;
  const input = new Float32Array(buffer, inputAt, blockInput);
  const output = new Float32Array(buffer, outputAt, BLOCK_SAMPLES);
  const resampled = new Float32Array(Math.round((samples.length * toHz) / fromHz));
  for (let first = 0; first < resampled.length; first += BLOCK_SAMPLES) {
    const count = Math.min(BLOCK_SAMPLES, resampled.length - first);
    const start = Math.floor((first * down) / up) - taps / 2 + 1;
    const from = Math.max(0, start);
    input.fill(0).set(samples.subarray(from, start + blockInput), Math.min(blockInput, from - start));
    functions.polyphase(inputAt, 0, outputAt, count, rowTaps, up, down, (first * down) % up);
    resampled.set(output.subarray(0, count), first);
  }
  return resampled;
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
