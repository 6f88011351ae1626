import * as z from 'zod';
import type { FeatureShape } from './spec.js';

/** Mean and standard deviation of each band over all clips, chunks and frames of the training side. */
export interface Normalisation {
  /** Always this one. */
  kind: 'per-band';
  /** Of each band. */
  mean: number[];
  /** Of each band, above 0. */
  deviation: number[];
}

/** What a normalisation is held against where it comes from outside. */
export const normalisationSchema = z
  .strictObject({
    kind: z.literal('per-band'),
    mean: z.array(z.number()).min(1),
    deviation: z.array(z.number().positive()),
  })
  .refine(
    ({ mean, deviation }) => mean.length === deviation.length,
    'mean and deviation must have the same length',
  ) satisfies z.ZodType<Normalisation>;

/** A deviation below this share of the mean (or of 1) is rounding: the band is constant. float32 resolves 6e-8. */
const CONSTANT = 1e-6;

/**
 * Fits to training clips, and to them alone: whoever passes test clips leaks. One pass in float64; each clip's mean
 * and sum of squares is merged into the running ones (Chan, Golub & LeVeque 1983), so that nothing cancels.
 * A constant band gets deviation 1 and becomes 0.
 *
 * @param examples each (chunks, bands, frames)
 * @throws RangeError for no examples, or one whose length is not that of the shape
 */
export function fitNormalisation(examples: Iterable<Float32Array>, shape: FeatureShape): Normalisation {
  const [, bands] = shape;
  const mean = new Float64Array(bands);
  const squares = new Float64Array(bands); // Σ (x − mean)²
  let count = 0;
  for (const values of examples) {
    assertShape(values, shape);
    const added = values.length / bands;
    for (let band = 0; band < bands; band++) {
      const clip = bandMoments(values, shape, band);
      const shift = clip.mean - mean[band];
      squares[band] += clip.squares + (shift * shift * count * added) / (count + added);
      mean[band] += (shift * added) / (count + added);
    }
    count += added;
  }
  if (count === 0) throw new RangeError('normalisation needs at least one training example');
  const deviation = Array.from(squares, (sum, band) => {
    const fitted = Math.sqrt(sum / count);
    return fitted > CONSTANT * Math.max(1, Math.abs(mean[band])) ? fitted : 1;
  });
  return { kind: 'per-band', mean: [...mean], deviation };
}

/**
 * (x − mean) / deviation of its band, as a new array.
 *
 * @param values (chunks, bands, frames)
 * @throws RangeError where values, shape and normalisation disagree
 */
export function normalise(values: Float32Array, shape: FeatureShape, normalisation: Normalisation): Float32Array {
  assertShape(values, shape);
  const [, bands, frames] = shape;
  const { mean, deviation } = normalisation;
  if (mean.length !== bands)
    throw new RangeError(`normalisation of ${mean.length} bands does not fit features of ${bands}`);
  const normalised = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += frames) {
    const band = (start / frames) % bands;
    const [bandMean, bandDeviation] = [mean[band], deviation[band]];
    for (let i = start; i < start + frames; i++) normalised[i] = (values[i] - bandMean) / bandDeviation;
  }
  return normalised;
}

/** Mean of one band of a clip and Σ (x − mean)², over its chunks and frames. */
function bandMoments(values: Float32Array, [chunks, bands, frames]: FeatureShape, band: number) {
  const starts = Array.from({ length: chunks }, (_, chunk) => (chunk * bands + band) * frames);
  let sum = 0;
  for (const start of starts) for (let i = start; i < start + frames; i++) sum += values[i];
  const mean = sum / (chunks * frames);
  let squares = 0;
  for (const start of starts) for (let i = start; i < start + frames; i++) squares += (values[i] - mean) ** 2;
  return { mean, squares };
}

function assertShape(values: Float32Array, shape: FeatureShape): void {
  const [chunks, bands, frames] = shape;
  if (values.length !== chunks * bands * frames)
    throw new RangeError(`${values.length} feature values do not fit the shape ${shape.join(' × ')}`);
}
