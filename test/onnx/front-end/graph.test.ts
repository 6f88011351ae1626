import { describe, expect, test } from '@jest/globals';
import * as tl from '@tensorflow/tfjs-layers';
import { type FrontEnd, toOnnx } from '../../../onnx/index.js';
import { featurePresets, featureShape, frontEndArrays } from '../../../pipeline/features/index.js';
import { uniformNoise } from '../../features/signals.js';
import { decoded, operatorCounts } from '../decoded.js';
import { artifactsOf } from '../exported.js';
import { featuresFile, openSamples } from './features-model.js';

/** A model that gives its input again. */
async function same(...inputShape: number[]) {
  const layer = tl.layers.dropout({ name: 'same', rate: 0.5, inputShape });
  return artifactsOf(tl.sequential({ layers: [layer] }));
}

/** One chunk of 40 samples, a window of `n`, a filter for each bin. */
function everyBin(n: number): FrontEnd {
  const bins = Math.floor(n / 2) + 1;
  const unit = (bin: number) => Array.from({ length: bins }, (_, i) => (i === bin ? 1 : 0));
  return {
    chunkSamples: 40,
    chunkStarts: [0],
    hopSamples: 10,
    window: Float32Array.from(uniformNoise(n, 3)),
    filters: Array.from({ length: bins }, (_, bin) => unit(bin)),
    mean: new Array(bins).fill(0),
    deviation: new Array(bins).fill(1),
  };
}

test.each([2, 7, 12, 15, 16, 36, 64])('the power of %i samples is that of the sum that defines it', async (n) => {
  const frontEnd = everyBin(n);
  const bins = frontEnd.filters.length;
  const samples = Float32Array.from(uniformNoise(40, 5));
  const bytes = toOnnx(await same(bins, 5, 1), { frontEnd });
  const { run, release } = await openSamples(bytes);
  const { values } = await run([samples]);
  await release();
  const at = (i: number) => samples[i < 0 ? -i : i >= 40 ? 78 - i : i]; // mirrored
  const expected = Array.from({ length: bins * 5 }, (_, i) => {
    const [bin, frame] = [Math.floor(i / 5), i % 5];
    let [re, im] = [0, 0];
    for (let j = 0; j < n; j++) {
      const x = frontEnd.window[j] * at(10 * frame + j - Math.floor(n / 2));
      re += x * Math.cos((2 * Math.PI * bin * j) / n);
      im -= x * Math.sin((2 * Math.PI * bin * j) / n);
    }
    return Math.log(1 + re * re + im * im);
  });
  expect(values).toBeAllClose(expected, { absolute: 2e-6 }); // measured: 3.9e-7
});

describe('the graph', () => {
  const spec = featurePresets['paper-16k-mfcc'];
  const [, bands] = featureShape(spec);
  const normalisation = {
    kind: 'per-band' as const,
    mean: new Array(bands).fill(1),
    deviation: new Array(bands).fill(2),
  };
  const frontEnd = frontEndArrays(spec, normalisation);

  test('asks for no sizes: of operators that a GPU has not it needs none', async () => {
    expect(operatorCounts(await featuresFile(spec, frontEnd))).toEqual({
      ...{ Slice: 10, Pad: 5, Concat: 2, Reshape: 6, Gather: 1 },
      ...{ Mul: 6, MatMul: 5, Add: 3, Sub: 2, Log: 1, Div: 1, Transpose: 1 },
    });
  });

  test('is named, and so are its constants, so that they are known as what stays float32', async () => {
    const { graph } = decoded(await featuresFile(spec, frontEnd));
    expect(graph!.node.every(({ name }) => name.startsWith('front_end/'))).toBe(true);
    expect(graph!.initializer.every(({ name }) => name.startsWith('front_end/'))).toBe(true);
    expect([graph!.input, graph!.output].map(([{ name }]) => name)).toEqual(['samples', 'features']);
  });

  test('holds a transform of 1024 samples in 30 kB, where one convolution takes 4 MB', async () => {
    const bytes = await featuresFile(spec, frontEnd);
    const filters = 4 * spec.melBands * 17 * 32;
    expect(bytes.length - filters - 4 * spec.melBands * spec.coefficients!).toBeLessThan(50_000);
  });

  test('is the same bytes each time', async () => {
    expect(await featuresFile(spec, frontEnd)).toEqual(await featuresFile(spec, frontEndArrays(spec, normalisation)));
  });
});

describe('what makes no sense', () => {
  const good = everyBin(16);
  test.each<[Partial<FrontEnd>, string]>([
    [{ window: [1] }, 'window must be two or more finite numbers'],
    [{ hopSamples: 0 }, 'hopSamples must be a whole number, 1 and up'],
    [{ chunkSamples: 8 }, 'chunkSamples must be more than half a window, whole'],
    [{ chunkStarts: [5, 5] }, 'chunkStarts must be whole numbers from 0 up, ascending'],
    [{ filters: [[1, Number.NaN]] }, 'filters must be rows of at most windowSamples / 2 + 1 finite numbers'],
    [{ cosines: [[1]] }, 'cosines must be rows of a finite number for each band'],
    [{ mean: [0] }, 'mean must be 9 finite numbers'],
    [{ deviation: new Array(9).fill(0) }, 'deviation must be 9 numbers above 0'],
  ])('%j', async (wrong, message) => {
    const artifacts = await same(9, 5, 1);
    expect(() => toOnnx(artifacts, { frontEnd: { ...good, ...wrong } })).toThrow(
      new RangeError(`front end: ${message}`),
    );
  });

  test('a model of another input', async () => {
    const artifacts = await same(9, 6, 1);
    expect(() => toOnnx(artifacts, { frontEnd: good })).toThrow(
      new RangeError(
        'the front end gives 1 × 9 × 5 (chunks × bands × frames), the model\'s input "same_input" is 9 × 6 × 1 of float32',
      ),
    );
  });
});
