import { z } from 'zod';

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
export const featureSpecSchema = z.strictObject({
  /** `mel-spectrogram`: ln(1 + power) per mel band (Meyda `melBands`). `mfcc`: its DCT (Meyda `mfcc`). */
  kind: z.enum(['mel-spectrogram', 'mfcc']),
  /** Rate the samples must have, Hz. */
  sampleRateHz: z.number().int().min(1000).max(192_000),
  /** Window length in samples: a power of two, as Meyda demands. */
  windowSamples: z
    .number()
    .int()
    .min(64)
    .max(16_384)
    .refine((n) => (n & (n - 1)) === 0, 'windowSamples must be a power of two'),
  /** Distance of two frames in samples. */
  hopSamples: z.number().int().min(1),
  /** Mel bands between 0 Hz and half the sample rate. */
  melBands: z.number().int().min(1).max(256),
  /** MFCC: coefficients kept (coefficient 0 included). Without meaning for a mel spectrogram. */
  coefficients: z.number().int().min(1).max(256).optional(),
  /** Length of a chunk, seconds. */
  chunkSeconds: z.number().positive(),
  /** Where each chunk begins, seconds from the clip's start. */
  chunkStartsSeconds: z.array(z.number().min(0)).min(1),
});

export type FeatureSpec = z.infer<typeof featureSpecSchema>;
