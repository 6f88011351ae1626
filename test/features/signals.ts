/** Signals defined by formula, the same in test/golden/features.py. */

/** Linear congruential generator (Numerical Recipes): uniform in [−1, 1). */
export function uniformNoise(length: number, seed: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length }, () => {
    state = (Math.imul(1_664_525, state) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** 0.5 sin(2π(100 t + 400 t²)) + 0.01 noise: a chirp whose frequency rises from 100 Hz by 800 Hz a second. */
export function chirpWithNoise(seconds: number, sampleRateHz: number): Float32Array {
  const noise = uniformNoise(Math.round(seconds * sampleRateHz), 1);
  return Float32Array.from(noise, (value, i) => {
    const t = i / sampleRateHz;
    return 0.5 * Math.sin(2 * Math.PI * (100 * t + 400 * t * t)) + 0.01 * value;
  });
}

export const sine = (hz: number, seconds: number, sampleRateHz: number, amplitude = 0.5): Float32Array =>
  Float32Array.from(
    { length: Math.round(seconds * sampleRateHz) },
    (_, i) => amplitude * Math.sin((2 * Math.PI * hz * i) / sampleRateHz),
  );
