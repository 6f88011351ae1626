import { describe, expect, test } from '@jest/globals';
import { type FeaturePreset, featurePresets, featureShape, frontEndArrays } from '../../pipeline/features/index.js';

/** Mel bands by the formula in `frameAnalyser`: triangles on floored bins, not normalised. */
function triangles(windowSamples: number, sampleRateHz: number, bands: number): number[][] {
  const highest = 1125 * Math.log(1 + sampleRateHz / 2 / 700);
  const edge = (e: number) => {
    const hz = 700 * (Math.exp((e * highest) / (bands + 1) / 1125) - 1);
    return Math.floor(((windowSamples + 1) * hz) / sampleRateHz + 1e-9);
  };
  return Array.from({ length: bands }, (_, j) => {
    const [low, peak, high] = [edge(j), edge(j + 1), edge(j + 2)];
    return Array.from({ length: windowSamples / 2 }, (_, bin) => {
      if (bin >= low && bin < peak) return (bin - low) / (peak - low);
      return bin >= peak && bin < high ? (high - bin) / (high - peak) : 0;
    });
  });
}

describe.each(['paper', 'paper-16k', 'demo', 'quick-mfcc'] satisfies FeaturePreset[])('%s', (name) => {
  const spec = featurePresets[name];
  const [, bands] = featureShape(spec);
  const normalisation = {
    kind: 'per-band' as const,
    mean: new Array(bands).fill(3),
    deviation: new Array(bands).fill(2),
  };
  const arrays = frontEndArrays(spec, normalisation);
  const { windowSamples: n, sampleRateHz, melBands } = spec;

  test("window and filters are those of Meyda's formulas", () => {
    const hann = Array.from({ length: n }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / (n - 1)));
    expect(arrays.window).toBeAllClose(hann, { absolute: 1e-7 });
    expect(arrays.filters.map(({ length }) => length)).toEqual(new Array(melBands).fill(n / 2));
    const expected = triangles(n, sampleRateHz, melBands).flat();
    expect(arrays.filters.flatMap((filter) => [...filter])).toBeAllClose(expected, { absolute: 1e-6 });
  });

  test('chunks, hop and normalisation are in samples and as fitted', () => {
    expect(arrays).toMatchObject({
      chunkSamples: spec.chunkSeconds * sampleRateHz,
      chunkStarts: spec.chunkStartsSeconds.map((seconds) => seconds * sampleRateHz),
      hopSamples: spec.hopSamples,
      mean: normalisation.mean,
      deviation: normalisation.deviation,
    });
    expect(arrays.cosines?.length).toBe(spec.kind === 'mfcc' ? bands : undefined);
  });
});
