/** How far two arrays may be apart: |actual − expected| ≤ absolute + relative · |expected|, element by element. */
export interface Tolerance {
  absolute?: number; // default 0
  relative?: number; // default 0
}

declare module 'expect' {
  interface Matchers<R> {
    /** Every element within the tolerance; the message names the worst index and both values. */
    toBeAllClose(expected: ArrayLike<number>, tolerance: Tolerance): R;
  }
}

/**
 * The one matcher for arrays of numbers. Reports the worst index, both values, the largest absolute and relative
 * difference and the lengths. NaN is never close to anything.
 */
export function toBeAllClose(
  actual: unknown,
  expected: ArrayLike<number>,
  { absolute = 0, relative = 0 }: Tolerance,
): { pass: boolean; message: () => string } {
  const values = actual as ArrayLike<number>;
  if (values.length !== expected.length)
    return { pass: false, message: () => `length ${values.length}, expected ${expected.length}` };
  let worst = -1;
  let worstExcess = 0;
  let largestAbsolute = 0;
  let largestRelative = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = values[i] === expected[i] ? 0 : Math.abs(values[i] - expected[i]);
    const excess = difference - (absolute + relative * Math.abs(expected[i]));
    largestAbsolute = Math.max(largestAbsolute, difference);
    if (expected[i] !== 0) largestRelative = Math.max(largestRelative, difference / Math.abs(expected[i]));
    if (Number.isNaN(excess) || excess > worstExcess) {
      worst = i;
      worstExcess = Number.isNaN(excess) ? Number.POSITIVE_INFINITY : excess;
    }
  }
  return {
    pass: worst < 0,
    message: () =>
      worst < 0
        ? `all ${expected.length} elements are close (largest difference ${largestAbsolute})`
        : `worst at index ${worst} of ${expected.length}: ${values[worst]}, expected ${expected[worst]}; ` +
          `largest absolute difference ${largestAbsolute}, relative ${largestRelative}; ` +
          `allowed ${absolute} + ${relative} · |expected|`,
  };
}
