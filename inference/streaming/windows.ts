import { chunkSpans, type FeatureSpec } from '../../pipeline/features/index.js';

/** How a recording is cut into windows. */
export interface WindowOptions {
  /**
   * Length of a window, seconds, 0.1 to 600. Default: the shortest that the model hears without added silence (one chunk; with
   * several, up to the end of the last). A shorter one is filled with silence, and its answers carry a warning.
   */
  windowSeconds?: number;
  /** From one window's start to the next, seconds, 0.01 to 3600. Default: a quarter of a window. */
  hopSeconds?: number;
}

/** Windows in samples at the model's rate: window k is k · hop … k · hop + window. */
export interface WindowPlan {
  sampleRateHz: number;
  windowSamples: number;
  hopSamples: number;
}

/** @throws RangeError for a length out of range */
export function planWindows(spec: FeatureSpec, options: WindowOptions): WindowPlan {
  const { windowSeconds = shortestSeconds(spec) } = options;
  const { hopSeconds = windowSeconds / 4 } = options;
  for (const [name, seconds, shortest, longest] of [
    ['windowSeconds', windowSeconds, 0.1, 600],
    ['hopSeconds', hopSeconds, 0.01, 3600],
  ] as const)
    if (typeof seconds !== 'number' || !(seconds >= shortest && seconds <= longest))
      throw new RangeError(`${name} ${seconds} is not supported (supported: ${shortest} to ${longest})`);
  const { sampleRateHz } = spec;
  return {
    sampleRateHz,
    windowSamples: Math.round(windowSeconds * sampleRateHz),
    hopSamples: Math.round(hopSeconds * sampleRateHz),
  };
}

/** A clip with one chunk has it moved to the start where it is short; several keep their distances. */
function shortestSeconds(spec: FeatureSpec): number {
  const [last] = chunkSpans(Number.POSITIVE_INFINITY, spec).slice(-1);
  return spec.chunkStartsSeconds.length === 1 ? spec.chunkSeconds : last.endSeconds;
}

/** Windows that lie wholly within so many samples. */
export function wholeWindows(samples: number, { windowSamples, hopSamples }: WindowPlan): number {
  return samples < windowSamples ? 0 : 1 + Math.floor((samples - windowSamples) / hopSamples);
}
