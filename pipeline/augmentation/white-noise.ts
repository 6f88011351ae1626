import { randomNormal } from 'd3-random';
import seedrandom from 'seedrandom';

/**
 * Adds white Gaussian noise K·n with gain K = √(Ps / Pn · 10^(−SNR/10)): Ps and Pn are the mean squares of this clip
 * and of the noise drawn for it, so the SNR is met exactly and not only on average. A silent clip stays silent.
 *
 * @param samples mono, at least one; not changed
 * @param options.snrDb ratio of signal to noise power, dB
 * @param options.random uniform numbers in [0, 1)
 */
export function addWhiteNoise(
  samples: Float32Array,
  { snrDb, random }: { snrDb: number; random: () => number },
): Float32Array {
  const noise = Float64Array.from(samples, randomNormal.source(random)(0, 1));
  const gain = Math.sqrt((meanSquare(samples) / meanSquare(noise)) * 10 ** (-snrDb / 10));
  return samples.map((sample, i) => sample + gain * noise[i]);
}

/** The report's range, dB. */
export const REPORT_SNR_DB: readonly [from: number, to: number] = [15, 30];

/**
 * The `copy`-th (1, 2, …) noisy version of a clip, at an SNR drawn uniformly from `snrDb`: the report makes two of each
 * clip, 1440 → 4320. The same key and copy give the same samples on every machine.
 *
 * @param options.key names the clip and the run's seed
 */
export function noisyCopy(
  samples: Float32Array,
  { key, copy, snrDb: [from, to] }: { key: string; copy: number; snrDb: readonly [from: number, to: number] },
): Float32Array {
  const random = seedrandom.alea(`white noise, ${key}, copy ${copy}`);
  return addWhiteNoise(samples, { snrDb: from + (to - from) * random(), random });
}

function meanSquare(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ** 2;
  return sum / values.length;
}
