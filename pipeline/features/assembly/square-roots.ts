/** The square root of (rows) of four frames each, in place. */
export function squareRoots(values: usize, rows: u32): void {
  for (const end = values + 16 * rows; values < end; values += 16) v128.store(values, f32x4.sqrt(v128.load(values)));
}
