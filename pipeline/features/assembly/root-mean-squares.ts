/**
 * Root of the mean of the squares of four frames.
 *
 * @param windowed (size) of four frames
 * @param result of four frames, written
 * @param size a multiple of 2
 */
export function rootMeanSquares(windowed: usize, result: usize, size: u32): void {
  let even = f32x4.splat(0);
  let odd = even;
  for (const end = windowed + 16 * size; windowed < end; windowed += 32) {
    const a = v128.load(windowed);
    const b = v128.load(windowed, 16);
    even = f32x4.add(even, f32x4.mul(a, a));
    odd = f32x4.add(odd, f32x4.mul(b, b));
  }
  v128.store(result, f32x4.sqrt(f32x4.div(f32x4.add(even, odd), f32x4.splat(<f32>size))));
}
