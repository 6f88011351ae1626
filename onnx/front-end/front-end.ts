/**
 * How a model's features come from samples, as plain arrays: nothing here knows where they are from.
 *
 * A clip is cut into chunks of one length. A chunk is mirrored by half a window at both ends and cut into frames, so that
 * frame t is centred on its sample t · hop. Of each frame are taken
 *
 *     power   p[k] = |Σ_n window[n] · x[n] · e^(−2πikn/N)|²
 *     bands   b[j] = ln(1 + Σ_k filters[j][k] · p[k])
 *     or coefficients   c[i] = Σ_j cosines[i][j] · b[j]
 *
 * and normalised: (value − mean) / deviation of its band.
 *
 * Where chunks begin: at their start; in a clip that ends inside the first chunk, earlier by what is missing there, but not
 * below 0. What of a chunk lies behind the clip's end is 0.
 */
export interface FrontEnd {
  /** Length of a chunk, more than half a window. */
  readonly chunkSamples: number;
  /** Where each chunk begins, samples from the clip's start, ascending. */
  readonly chunkStarts: readonly number[];
  /** Distance of two frames, 1 and up. */
  readonly hopSamples: number;
  /** (windowSamples); quick for a length that has divisors near its root, such as a power of two. */
  readonly window: ArrayLike<number>;
  /** (bands, bins): of bins 0 … windowSamples / 2 as many as matter. */
  readonly filters: readonly ArrayLike<number>[];
  /** (coefficients, bands), where the features are such instead of bands. */
  readonly cosines?: readonly ArrayLike<number>[];
  /** Of each band or coefficient. */
  readonly mean: ArrayLike<number>;
  /** Of each band or coefficient, above 0. */
  readonly deviation: ArrayLike<number>;
}

/** [chunks, bands, frames] of what a front end gives. */
export function shapeOf({ chunkStarts, chunkSamples, hopSamples, cosines, filters }: FrontEnd): number[] {
  const frames = 1 + Math.floor(chunkSamples / hopSamples);
  return [chunkStarts.length, (cosines ?? filters).length, frames];
}

/** @throws RangeError that names the field which makes no sense */
export function assertFrontEnd(frontEnd: FrontEnd): void {
  const { chunkSamples, chunkStarts, hopSamples, window, filters, cosines, mean, deviation } = frontEnd;
  const bands = (cosines ?? filters).length;
  const whole = (value: number, least: number) => Number.isInteger(value) && value >= least;
  const ascending = (value: number, i: number) => whole(value, 0) && (i === 0 || value > chunkStarts[i - 1]);
  const finite = (values: ArrayLike<number>) => Array.from(values).every(Number.isFinite);
  const demands: [keyof FrontEnd, boolean, string][] = [
    ['window', window.length >= 2 && finite(window), 'two or more finite numbers'],
    ['hopSamples', whole(hopSamples, 1), 'a whole number, 1 and up'],
    [
      'chunkSamples',
      whole(chunkSamples, 1) && chunkSamples > Math.ceil(window.length / 2),
      'more than half a window, whole',
    ],
    ['chunkStarts', chunkStarts.length > 0 && chunkStarts.every(ascending), 'whole numbers from 0 up, ascending'],
    [
      'filters',
      filters.length > 0 && filters.every((row) => 2 * (row.length - 1) <= window.length && finite(row)),
      'rows of at most windowSamples / 2 + 1 finite numbers',
    ],
    [
      'cosines',
      !cosines || (bands > 0 && cosines.every((row) => row.length === filters.length && finite(row))),
      'rows of a finite number for each band',
    ],
    ['mean', mean.length === bands && finite(mean), `${bands} finite numbers`],
    [
      'deviation',
      deviation.length === bands && finite(deviation) && Array.from(deviation).every((value) => value > 0),
      `${bands} numbers above 0`,
    ],
  ];
  const wrong = demands.find(([, holds]) => !holds);
  if (wrong) throw new RangeError(`front end: ${wrong[0]} must be ${wrong[2]}`);
}
