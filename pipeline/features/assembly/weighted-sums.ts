/**
 * The product of a matrix, whose rows are zero but for one run, and a vector: mel filters and bins, cosines and bands.
 * Summed in float64, as Meyda does: MFCC are differences of large sums.
 *
 * @param values (columns) of four frames
 * @param runs (rows) pairs of uint32: the column where the row's run begins, and its length
 * @param weights float32, the runs one after the other
 * @param sums (rows) of four frames, written
 */
export function weightedSums(values: usize, runs: usize, weights: usize, sums: usize, rows: u32): void {
  for (const end = runs + 8 * rows; runs < end; runs += 8, sums += 16) {
    let value = values + 16 * load<u32>(runs);
    let low = f64x2.splat(0);
    let high = low;
    for (const last = weights + 4 * load<u32>(runs, 4); weights < last; weights += 4, value += 16) {
      const weight = f64x2.promote_low_f32x4(v128.load32_splat(weights));
      low = f64x2.add(low, f64x2.mul(weight, f64x2.promote_low_f32x4(v128.load64_zero(value))));
      high = f64x2.add(high, f64x2.mul(weight, f64x2.promote_low_f32x4(v128.load64_zero(value, 8))));
    }
    v128.store(sums, v128.shuffle<f64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2));
  }
}
