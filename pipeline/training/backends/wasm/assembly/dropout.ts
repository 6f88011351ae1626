/**
 * Dropout with the mask of layers/random-mask.ts, bit for bit: xoshiro128++ from the state a, b, c, d.
 *
 * @param x (size)
 * @param y (size), written: x · mask
 * @param mask (size), written: `kept` where a draw is at least `threshold`, else 0
 */
export function dropout(
  x: usize,
  y: usize,
  mask: usize,
  size: u32,
  threshold: f64,
  kept: f32,
  a: u32,
  b: u32,
  c: u32,
  d: u32,
): void {
  for (let at: usize = 0; at < 4 * <usize>size; at += 4) {
    const draw = rotl<u32>(a + d, 7) + a;
    const factor = select<f32>(kept, 0, <f64>draw >= threshold);
    store<f32>(mask + at, factor);
    store<f32>(y + at, load<f32>(x + at) * factor);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotl<u32>(d, 11);
  }
}
