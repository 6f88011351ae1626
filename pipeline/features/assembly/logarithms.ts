/** ln 2 in two parts: 9 bits, so that its product with an exponent is exact, and the rest. */
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -0.00021219444005469057;
/** The bits of √½: from there up to √2 the mantissa is taken. */
const ROOT_HALF_BITS = 0x3f3504f3;

/**
 * ln(1 + x), in place. With u = 1 + x rounded, ln(1 + x) = ln u + (x − (u − 1)) / u; u = 2^e · m with m from √½ to √2, and
 * ln m = 2 artanh s = 2s (1 + s²/3 + s⁴/5 + …), s = (m − 1) / (m + 1), |s| < 0.172, so that what is left out is below 3e-9
 * of it. What is not finite gives NaN.
 *
 * @param values (rows) of four frames, 0 and up
 */
export function logarithms(values: usize, rows: u32): void {
  const one = f32x4.splat(1);
  for (const end = values + 16 * rows; values < end; values += 16) {
    const x = v128.load(values);
    const u = f32x4.add(one, x);
    const lost = f32x4.div(f32x4.sub(x, f32x4.sub(u, one)), u);
    const exponent = i32x4.shr_s(i32x4.sub(u, i32x4.splat(ROOT_HALF_BITS)), 23);
    const m = i32x4.sub(u, i32x4.shl(exponent, 23));
    const e = f32x4.convert_i32x4_s(exponent);
    const s = f32x4.div(f32x4.sub(m, one), f32x4.add(m, one));
    const z = f32x4.mul(s, s);
    let series = f32x4.splat(1.0 / 9.0);
    series = f32x4.add(f32x4.mul(series, z), f32x4.splat(1.0 / 7.0));
    series = f32x4.add(f32x4.mul(series, z), f32x4.splat(1.0 / 5.0));
    series = f32x4.add(f32x4.mul(series, z), f32x4.splat(1.0 / 3.0));
    const twice = f32x4.add(s, s);
    const small = f32x4.add(lost, f32x4.mul(e, f32x4.splat(LN2_LOW)));
    const mantissa = f32x4.add(twice, f32x4.add(f32x4.mul(f32x4.mul(series, z), twice), small));
    v128.store(values, f32x4.add(f32x4.mul(e, f32x4.splat(LN2_HIGH)), mantissa));
  }
}
