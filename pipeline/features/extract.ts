import { firstNotFinite } from '../audio/index.js';
import { analyseFrames } from './frames.js';
import { chunkSamples, type FeatureSpec, featureShape } from './spec.js';

/** Below this peak (−80 dB of full scale) there is no voice to judge. */
const SILENT_PEAK = 1e-4;

export interface Features {
  /** (chunks, bands, frames), band-major within a chunk. Mel spectrogram: 0 and up, for speech 0 … 10 or so. */
  values: Float32Array;
  /** Why a prediction from these features deserves no trust: padded with silence, or silent. Mostly empty. */
  warnings: string[];
}

/**
 * A clip's features.
 *
 * @param samples mono, at `spec.sampleRateHz`, full scale ±1, any length but 0
 * @throws RangeError for an empty clip and for samples that are not finite
 */
export function extractFeatures(samples: Float32Array, spec: FeatureSpec): Features {
  const [chunks, bands, frames] = featureShape(spec);
  const values = new Float32Array(chunks * bands * frames);
  for (let c = 0; c < chunks; c++) values.set(extractChunk(samples, spec, c), c * bands * frames);
  return { values, warnings: clipWarnings(samples, spec) };
}

/** One chunk of `extractFeatures`, `(bands, frames)`: what the cache keeps. */
export function extractChunk(samples: Float32Array, spec: FeatureSpec, chunk: number): Float32Array {
  assertFinite(samples);
  const padded = reflectEnds(cutChunk(samples, spec, chunk), spec.windowSamples / 2);
  const feature = spec.kind === 'mfcc' ? 'mfcc' : 'melBands';
  return analyseFrames(padded, spec.hopSamples, { ...spec, feature });
}

/** Where a chunk lies in its clip, seconds from the clip's start; the end may lie behind it, in added silence. */
export interface ChunkSpan {
  /** Its beginning. */
  startSeconds: number;
  /** Its end. */
  endSeconds: number;
}

/** What of a clip each chunk holds, in the order of the features. */
export function chunkSpans(clipSamples: number, spec: FeatureSpec): ChunkSpan[] {
  return spec.chunkStartsSeconds.map((_, chunk) => {
    const start = chunkStart(clipSamples, spec, chunk);
    return {
      startSeconds: start / spec.sampleRateHz,
      endSeconds: (start + chunkSamples(spec)) / spec.sampleRateHz,
    };
  });
}

/**
 * Where a chunk begins, in samples. A clip that ends inside the first chunk has all chunks moved earlier by what is
 * missing there, not below 0: it loses less of its speech, and what is padded is as short as can be.
 */
function chunkStart(clipSamples: number, spec: FeatureSpec, chunk: number): number {
  const [first] = spec.chunkStartsSeconds;
  const missing = Math.max(0, Math.round(first * spec.sampleRateHz) + chunkSamples(spec) - clipSamples);
  return Math.max(0, Math.round(spec.chunkStartsSeconds[chunk] * spec.sampleRateHz) - missing);
}

/** The chunk's samples, with zeros where the clip ends inside it. */
function cutChunk(samples: Float32Array, spec: FeatureSpec, chunk: number): Float32Array {
  const start = chunkStart(samples.length, spec, chunk);
  const cut = new Float32Array(chunkSamples(spec));
  cut.set(samples.subarray(start, start + cut.length));
  return cut;
}

/** `pad` samples more at each end, mirrored without repeating the end itself: c b |a b c| b a. */
function reflectEnds(chunk: Float32Array, pad: number): Float32Array {
  const padded = new Float32Array(chunk.length + 2 * pad);
  padded.set(chunk, pad);
  const last = pad + chunk.length - 1;
  for (let i = 1; i <= pad; i++) {
    padded[pad - i] = padded[pad + i];
    padded[last + i] = padded[last - i];
  }
  return padded;
}

function assertFinite(samples: Float32Array): void {
  if (samples.length === 0) throw new RangeError('the clip is empty: features need at least one sample');
  const bad = firstNotFinite(samples);
  if (bad >= 0) throw new RangeError(`sample ${bad} is ${samples[bad]}: samples must be finite numbers`);
}

/** The `warnings` of `extractFeatures`, for those who need no features. */
export function clipWarnings(samples: Float32Array, spec: FeatureSpec): string[] {
  const warnings: string[] = [];
  const clipSeconds = samples.length / spec.sampleRateHz;
  if (samples.length < chunkSamples(spec))
    warnings.push(
      `clip of ${clipSeconds.toFixed(2)} s is shorter than the ${spec.chunkSeconds} s that the model looks at; padded with silence`,
    );
  const from = chunkStart(samples.length, spec, 0);
  const to = chunkStart(samples.length, spec, spec.chunkStartsSeconds.length - 1) + chunkSamples(spec);
  const heard = samples.subarray(from, to);
  if (heard.every((sample) => Math.abs(sample) < SILENT_PEAK))
    warnings.push(
      `clip is silent from ${(from / spec.sampleRateHz).toFixed(2)} to ` +
        `${Math.min(to / spec.sampleRateHz, clipSeconds).toFixed(2)} s, where the model looks (peak below ${SILENT_PEAK})`,
    );
  return warnings;
}
