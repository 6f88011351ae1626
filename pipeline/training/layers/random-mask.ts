/**
 * A dropout mask: 1 / (1 − rate) where a unit is kept, 0 where it is dropped. Drawn by xoshiro128++ (Blackman and Vigna
 * 2019) from a state that SplitMix32 fills from the seed: 13 million draws a step have to come in milliseconds, which the
 * string-seeded generators used elsewhere do not.
 *
 * @param seed of the layer, and the step
 */
export function randomMask(size: number, rate: number, seed: readonly [number, number]): Float32Array {
  const mask = new Float32Array(size);
  const kept = 1 / (1 - rate);
  const threshold = rate * 2 ** 32;
  let [a, b, c, d] = maskState(seed);
  for (let i = 0; i < size; i++) {
    const sum = (a + d) | 0;
    const draw = (((sum << 7) | (sum >>> 25)) + a) >>> 0;
    if (draw >= threshold) mask[i] = kept;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
  }
  return mask;
}

/** The four 32-bit integers that a mask is drawn from. */
export function maskState([layer, step]: readonly [number, number]): [number, number, number, number] {
  let seed = Math.imul(layer, 0x9e3779b1) ^ Math.imul(step + 1, 0x85ebca77);
  const next = () => {
    seed = (seed + 0x9e3779b9) | 0;
    let z = Math.imul(seed ^ (seed >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  return [next(), next(), next(), next()];
}
