/** The largest difference of several outputs, relative to an output's largest value where that is above 1. */
export function gapOf(outputs: readonly (readonly number[])[], expected: readonly (readonly number[])[]): number {
  const gaps = outputs.flatMap((values, i) => {
    if (values.length !== expected[i].length) return [Number.POSITIVE_INFINITY];
    const largest = Math.max(1, ...expected[i].filter(Number.isFinite).map(Math.abs));
    return values.map((value, k) =>
      Object.is(value, expected[i][k]) ? 0 : Math.abs(value - expected[i][k]) / largest,
    );
  });
  return Math.max(0, ...gaps.map((gap) => (Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap)));
}
