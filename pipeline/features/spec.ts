import * as z from 'zod';

/**
 * Version of the numbers that extraction gives. Any change to feature output, a bug fix too, raises it; a model
 * whose file names another version is refused. The golden test fails when the numbers move and this does not.
 */
export const FEATURE_VERSION = 1;

/**
 * Everything that decides a clip's features; saved with every cache, run and model file.
 *
 * A clip is cut into `chunkStartsSeconds.length` chunks of `chunkSeconds`, each a matrix of bands × frames with
 * `frames = 1 + floor(chunkSamples / hopSamples)`, centred: frame t is centred on sample t · hop of the chunk, which
 * is padded by half a window at both ends by reflection (librosa's `center=True, pad_mode="reflect"`).
 */
export interface FeatureSpec {
  /** `mel-spectrogram`: ln(1 + power) per mel band (Meyda `melBands`). `mfcc`: its DCT (Meyda `mfcc`). */
  kind: 'mel-spectrogram' | 'mfcc';
  /** Rate the samples must have, Hz: 1,000 to 192,000. */
  sampleRateHz: number;
  /** Window length in samples: a power of two, as Meyda demands, 64 to 16,384. */
  windowSamples: number;
  /** Distance of two frames in samples: 1 and up. */
  hopSamples: number;
  /** Mel bands between 0 Hz and half the sample rate: 1 to 256. */
  melBands: number;
  /** MFCC: coefficients kept (coefficient 0 included), at most 40, as in Meyda. Absent for a mel spectrogram. */
  coefficients?: number;
  /** Length of a chunk, seconds. */
  chunkSeconds: number;
  /** Where each chunk begins, seconds from the clip's start, ascending. */
  chunkStartsSeconds: number[];
}

/** What a feature spec is held against where it comes from outside. */
export const featureSpecSchema = z
  .strictObject({
    kind: z.enum(['mel-spectrogram', 'mfcc']),
    sampleRateHz: z.number().int().min(1000).max(192_000),
    windowSamples: z
      .number()
      .int()
      .min(64)
      .max(16_384)
      .refine((n) => (n & (n - 1)) === 0, 'must be a power of two'),
    /** Distance of two frames in samples. */
    hopSamples: z.number().int().min(1),
    /** Mel bands between 0 Hz and half the sample rate. */
    melBands: z.number().int().min(1).max(256),
    /** MFCC: coefficients kept (coefficient 0 included), at most 40, as in Meyda. Absent for a mel spectrogram. */
    coefficients: z.number().int().min(1).max(40).optional(),
    /** Length of a chunk, seconds. */
    chunkSeconds: z.number().positive(),
    /** Where each chunk begins, seconds from the clip's start, ascending. */
    chunkStartsSeconds: z.array(z.number().min(0)).min(1),
  })
  .refine((spec) => (spec.kind === 'mfcc') === (spec.coefficients !== undefined), {
    path: ['coefficients'],
    message: 'belongs to kind mfcc, which needs it',
  })
  .refine((spec) => (spec.coefficients ?? 0) <= spec.melBands, {
    path: ['coefficients'],
    message: 'must not exceed melBands',
  })
  .refine((spec) => 2 * spec.chunkSeconds * spec.sampleRateHz > spec.windowSamples, {
    path: ['chunkSeconds'],
    message: 'must be longer than half a window',
  })
  .refine((spec) => spec.chunkStartsSeconds.every((start, i, starts) => i === 0 || start > starts[i - 1]), {
    path: ['chunkStartsSeconds'],
    message: 'must ascend',
  }) satisfies z.ZodType<FeatureSpec>;

/**
 * A spec from JSON (a config, a model file's metadata).
 *
 * @throws TypeError where a field is missing, unknown or of the wrong kind; RangeError where a value is out of range
 */
export function parseFeatureSpec(value: unknown): FeatureSpec {
  const parsed = featureSpecSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const wrongKind = issues.some(({ code }) => code === 'invalid_type' || code === 'unrecognized_keys');
  const message = issues.map((issue) => `${issue.path.join('.') || 'value'}: ${issue.message}`).join('; ');
  throw new (wrongKind ? TypeError : RangeError)(`feature spec: ${message}`);
}

/** [chunks, bands, frames] of a clip's features; for `mfcc` the coefficients are the bands. */
export type FeatureShape = readonly [chunks: number, bands: number, frames: number];

/** Length of one chunk in samples. */
export const chunkSamples = (spec: FeatureSpec): number => Math.round(spec.chunkSeconds * spec.sampleRateHz);

export function featureShape(spec: FeatureSpec): FeatureShape {
  const frames = 1 + Math.floor(chunkSamples(spec) / spec.hopSamples);
  return [spec.chunkStartsSeconds.length, spec.coefficients ?? spec.melBands, frames];
}

/** The one-chunk version, for models that see one window: the same numbers as the first chunk of `spec`. */
export function firstChunk(spec: FeatureSpec): FeatureSpec {
  return { ...spec, chunkStartsSeconds: spec.chunkStartsSeconds.slice(0, 1) };
}
