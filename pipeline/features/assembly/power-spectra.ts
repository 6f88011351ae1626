import { transform } from './fft';

/**
 * |DFT|² of four windowed frames, bins 0 … size / 2 − 1. With half = size / 2, even and odd samples are the real and
 * imaginary parts of one complex signal of that length, whose transform Z gives both: X[k] = E + wO and X[half − k] =
 * conj(E − wO), where 2E = Z[k] + conj Z[half − k], 2O = −i(Z[k] − conj Z[half − k]) and w = e^(−2πik / size).
 *
 * @param windowed (size) of four frames, overwritten
 * @param other (size) of four frames, overwritten
 * @param roots (half) complex float32, e^(−2πik / half)
 * @param unpack (half / 2) complex float32, e^(−2πik / size)
 * @param power (half) of four frames, written
 * @param size a power of two, 8 or more
 */
export function powerSpectra(
  windowed: usize,
  other: usize,
  roots: usize,
  unpack: usize,
  power: usize,
  size: u32,
): void {
  const half = size >> 1;
  const spectrum = transform(windowed, other, roots, half);
  const constant = f32x4.add(v128.load(spectrum), v128.load(spectrum, 16));
  v128.store(power, f32x4.mul(constant, constant));
  const middle = spectrum + 16 * half;
  v128.store(power + 8 * half, squared(v128.load(middle), v128.load(middle, 16)));
  const quarter = f32x4.splat(0.25);
  for (let k: u32 = 1; k < half >> 1; k++) {
    const low = spectrum + 32 * k;
    const high = spectrum + 32 * (half - k);
    const lr = v128.load(low);
    const li = v128.load(low, 16);
    const hr = v128.load(high);
    const hi = v128.load(high, 16);
    const er = f32x4.add(lr, hr);
    const ei = f32x4.sub(li, hi);
    const or = f32x4.add(li, hi);
    const oi = f32x4.sub(hr, lr);
    const wr = v128.load32_splat(unpack + 8 * k);
    const wi = v128.load32_splat(unpack + 8 * k, 4);
    const woR = f32x4.sub(f32x4.mul(or, wr), f32x4.mul(oi, wi));
    const woI = f32x4.add(f32x4.mul(or, wi), f32x4.mul(oi, wr));
    const sum = squared(f32x4.add(er, woR), f32x4.add(ei, woI));
    const difference = squared(f32x4.sub(er, woR), f32x4.sub(ei, woI));
    v128.store(power + 16 * k, f32x4.mul(quarter, sum));
    v128.store(power + 16 * (half - k), f32x4.mul(quarter, difference));
  }
}

function squared(real: v128, imaginary: v128): v128 {
  return f32x4.add(f32x4.mul(real, real), f32x4.mul(imaginary, imaginary));
}
