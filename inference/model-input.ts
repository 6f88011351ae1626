import { firstNotFinite, resample } from '../pipeline/audio/index.js';
import {
  type ChunkSpan,
  chunkSpans,
  clipWarnings,
  extractFeatures,
  type FeatureSpec,
} from '../pipeline/features/index.js';
import type { Clip } from './answers.js';
import type { ModelMetadata } from './metadata.js';

/** A clip on its way into the model. */
export interface ModelInput {
  /** Raw features (chunks, bands, frames), or samples at the model's rate. */
  values: Float32Array;
  warnings: string[];
  /** What of the clip each chunk holds. */
  spans: ChunkSpan[];
  resampleMilliseconds: number;
  featuresMilliseconds: number;
}

/**
 * A clip as the file takes it, not yet normalised.
 *
 * @throws as `resample` does, and as `signal` says
 */
export async function toModelInput(
  { samples, sampleRateHz }: Clip,
  { input, featureSpec }: ModelMetadata,
  signal?: AbortSignal,
): Promise<ModelInput> {
  const start = performance.now();
  const resampled = await resample(samples, sampleRateHz, featureSpec.sampleRateHz);
  const middle = performance.now();
  signal?.throwIfAborted();
  const spans = chunkSpans(resampled.length, featureSpec);
  const { values, warnings } =
    input === 'features'
      ? extractFeatures(resampled, featureSpec)
      : { values: asHeard(resampled, featureSpec), warnings: clipWarnings(resampled, featureSpec) };
  const featuresMilliseconds = input === 'features' ? performance.now() - middle : 0;
  return { values, warnings, spans, resampleMilliseconds: middle - start, featuresMilliseconds };
}

/**
 * Of a clip what the model hears, at the one length that ends with its last chunk: cut behind that chunk, or with
 * silence around it, so that clips of different lengths share a run and a long one costs no more than a short one.
 *
 * A short clip moves the chunks earlier (`chunkSpans`). Where it moves all by the same, the clip itself is moved later
 * by as much, and every chunk holds the same samples as before. Where it does not (several chunks, and a clip shorter
 * than one), the clip is left as it is.
 */
export function asHeard(samples: Float32Array, spec: FeatureSpec): Float32Array {
  const toSamples = (seconds: number) => Math.round(seconds * spec.sampleRateHz);
  const unmoved = chunkSpans(Number.POSITIVE_INFINITY, spec);
  const shifts = chunkSpans(samples.length, spec).map(({ startSeconds }, chunk) =>
    toSamples(unmoved[chunk].startSeconds - startSeconds),
  );
  const [shift] = shifts;
  if (shifts.some((other) => other !== shift)) return samples;
  const length = toSamples(unmoved[unmoved.length - 1].endSeconds);
  if (shift === 0 && samples.length >= length) return samples.subarray(0, length);
  const heard = new Float32Array(length);
  heard.set(samples.subarray(0, length - shift), shift);
  return heard;
}

/**
 * @param which clip it is, for messages
 * @throws TypeError for samples of another kind; RangeError for an empty clip, samples that are not finite, a rate that
 *   is no positive whole number
 */
export function assertClip({ samples, sampleRateHz }: Clip, which = ''): void {
  if (!(samples instanceof Float32Array)) throw new TypeError(`${which}samples must be a Float32Array of mono samples`);
  if (samples.length === 0) throw new RangeError(`${which}the clip is empty: at least one sample is needed`);
  if (!Number.isInteger(sampleRateHz) || sampleRateHz < 1)
    throw new RangeError(`${which}sampleRateHz is ${sampleRateHz}: rates are positive whole numbers`);
  const wrong = firstNotFinite(samples);
  if (wrong >= 0) throw new RangeError(`${which}sample ${wrong} is ${samples[wrong]}: samples must be finite numbers`);
}
