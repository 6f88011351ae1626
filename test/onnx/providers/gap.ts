/**
 * Of an output's largest value, on WebGPU. SwiftShader's trigonometry is off by 2e-4, which decides; the largest gap of
 * cases without it is told in webgpu.json.
 */
export const webGpuTolerance = 1e-3;

/** What came of a case on WebGPU: its gap; a wrong answer of onnxruntime's kernels; or why it does not run there alone. */
export type Measured = { readonly gap: number } | { readonly wrong: true } | { readonly refused: string };

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
