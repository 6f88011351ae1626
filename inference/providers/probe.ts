import type { LoadedModel, ModelOutputs } from '../loaded-model.js';

/** What a provider is tried with: one clip, always the same. */
export interface Probe {
  values: Float32Array;
  shape: number[];
}

/** What runs a probe: a model that is open on some provider. */
export type Runnable = Pick<LoadedModel, 'run' | 'inputShape'>;

export interface TimedAnswer {
  outputs: ModelOutputs;
  /** Of the quickest run. */
  milliseconds: number;
}

/** Samples of a probe where the file leaves their number open: three seconds at 16 kHz. */
const openSamples = 48_000;
/** Other sizes that it leaves open. */
const openSize = 64;
/** More values than a clip has; a file that declares more is not tried. */
const mostValues = 1 << 24;
/** Runs after the first, which compiles kernels and allocates memory. */
const timedRuns = 3;

/**
 * One clip for a model of this input: a sweep without symmetry between −0.5 and 0.5.
 *
 * @param inputShape that the file declares: (batch, …) of features, or (batch, samples)
 * @throws RangeError where that is no clip
 */
export function probeOf(inputShape: readonly (number | string)[]): Probe {
  const open = inputShape.length === 2 ? openSamples : openSize;
  const shape = inputShape.map((size, axis) => (axis === 0 ? 1 : typeof size === 'number' ? size : open));
  const length = shape.reduce((product, size) => product * size, 1);
  if (!(length >= 1 && length <= mostValues))
    throw new RangeError(`its input of ${inputShape.join(' × ')} is no clip (supported: 1 to ${mostValues} values)`);
  return { shape, values: Float32Array.from({ length }, (_, i) => 0.5 * Math.sin(1 + 0.3 * i + 1e-5 * i * i)) };
}

/** Runs the probe, and times it; a first run within `soonMilliseconds` is all the timing that is needed. */
export async function timeProbe(model: Runnable, probe: Probe, soonMilliseconds = 0): Promise<TimedAnswer> {
  const first = await timedRun(model, probe);
  let { milliseconds } = first;
  for (let i = 0; i < timedRuns && milliseconds > soonMilliseconds; i++)
    milliseconds = Math.min(milliseconds, (await timedRun(model, probe)).milliseconds);
  return { outputs: first.outputs, milliseconds };
}

async function timedRun(model: Runnable, { values, shape }: Probe): Promise<TimedAnswer> {
  const start = performance.now();
  const outputs = await model.run(values, shape);
  return { outputs, milliseconds: performance.now() - start };
}

/**
 * The largest difference between two answers, of the probabilities and the attention; of logits that are larger than 1, in
 * parts of the largest. NaN where one is not a number, or they are not alike in length.
 */
export function largestDifference(expected: ModelOutputs, given: ModelOutputs): number {
  const pairs = [[expected.probabilities, given.probabilities] as const];
  if (expected.attention || given.attention)
    pairs.push([expected.attention ?? new Float32Array(), given.attention ?? new Float32Array()]);
  return pairs.reduce((largest, [one, other]) => Math.max(largest, difference(one, other)), 0);
}

function difference(expected: Float32Array, given: Float32Array): number {
  if (expected.length !== given.length) return Number.NaN;
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  return expected.reduce((largest, value, i) => Math.max(largest, Math.abs(value - given[i]) / scale), 0);
}
