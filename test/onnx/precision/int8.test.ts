import { describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import * as tl from '@tensorflow/tfjs-layers';
import { toOnnx } from '../../../onnx/index.js';
import { reportCnn, reportCnnLstm } from '../cnn.js';
import { decoded, operatorCounts } from '../decoded.js';
import { artifactsOf, randomInputs, randomiseWeights, runOnnx } from '../exported.js';

const { layers } = tl;
const build = (...list: tl.layers.Layer[]): tl.LayersModel => tl.sequential({ layers: list });

/** Weights that are whole numbers of bytes, 127 the largest of each channel: their scale is 1. */
function setWholeWeights(model: tl.LayersModel): void {
  model.setWeights(
    model.weights.map(({ shape }) => {
      const count = (shape as number[]).reduce((a, b) => a * b, 1);
      const channels = (shape as number[]).slice(-2).reduce((a, b) => a * b, 1); // a depthwise one's are its last two axes
      const values = Array.from({ length: count }, (_, i) =>
        shape.length === 1 ? i : i < channels ? 127 : ((i * 37) % 255) - 127,
      );
      return tf.tensor(values, shape as number[]);
    }),
  );
}

/** Numbers that bytes hold exactly: whole ones from −55 to 200, both among them. */
const wholeNumbers = (shape: number[]): tf.Tensor => {
  const count = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(
    Array.from({ length: count }, (_, i) => (i === 0 ? -55 : i === 1 ? 200 : ((i * 53) % 256) - 55)),
    shape,
  );
};

const products: [string, () => tl.LayersModel, number[]][] = [
  ['Dense', () => build(layers.dense({ units: 8, inputShape: [40] })), [3, 40]],
  ['Dense over steps', () => build(layers.dense({ units: 8, inputShape: [5, 40] })), [2, 5, 40]],
  [
    'Conv2D, strides and padding',
    () => build(layers.conv2d({ filters: 6, kernelSize: 3, strides: 2, padding: 'same', inputShape: [9, 8, 5] })),
    [2, 9, 8, 5],
  ],
  [
    'Conv1D of an open length',
    () =>
      build(layers.conv1d({ filters: 40, kernelSize: 3, padding: 'same', inputShape: [null as unknown as number, 4] })),
    [1, 7, 4],
  ],
  [
    'DepthwiseConv2D',
    () => build(layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, inputShape: [7, 7, 16] })),
    [1, 7, 7, 16],
  ],
];

/** Sums of whole numbers, divided by a scale and multiplied by it again. */
const exactTolerance = { absolute: 0.05, relative: 1e-6 };

describe('products of bytes are exact where bytes hold what is multiplied', () => {
  test.each(products)('%s, its range found in the run', async (_title, make, shape) => {
    const model = make();
    setWholeWeights(model);
    const artifacts = await artifactsOf(model);
    const x = wholeNumbers(shape);
    const [expected] = await runOnnx(toOnnx(artifacts), [x]);
    const bytes = toOnnx(artifacts, { precision: 'int8' });
    const counts = operatorCounts(bytes);
    expect((counts.MatMulInteger ?? 0) + (counts.DequantizeLinear ?? 0)).toBe(1);
    const [actual] = await runOnnx(bytes, [x]);
    expect(actual.shape).toEqual(expected.shape);
    expect(actual.values).toBeAllClose(expected.values, exactTolerance);
  });

  test.each(products)('%s, its range known', async (_title, make, shape) => {
    const model = make();
    setWholeWeights(model);
    const artifacts = await artifactsOf(model);
    const x = wholeNumbers(shape);
    const [expected] = await runOnnx(toOnnx(artifacts), [x]);
    const file = decoded(toOnnx(artifacts));
    const names = [...file.graph!.input, ...file.graph!.valueInfo].map(({ name }) => name);
    const ranges = Object.fromEntries(names.map((name) => [name, { low: -55, high: 200 }]));
    const bytes = toOnnx(artifacts, {
      precision: 'int8',
      ranges: { ...ranges, ...outputRanges(file, expected.values) },
    });
    const [actual] = await runOnnx(bytes, [x]);
    const span = Math.max(...expected.values) - Math.min(...expected.values);
    // A convolution's output is one of 256 steps too.
    const steps = operatorCounts(bytes).Conv ? span / 255 : 0;
    expect(actual.values).toBeAllClose(expected.values, { absolute: 0.51 * steps + 0.05, relative: 1e-6 });
  });
});

/** The range of what a convolution gives before its transpose. */
function outputRanges(file: ReturnType<typeof decoded>, values: Float32Array) {
  const range = { low: Math.min(...values), high: Math.max(...values) };
  return Object.fromEntries(
    file.graph!.node.filter(({ opType }) => opType === 'Conv').map(({ output }) => [output[0], range]),
  );
}

describe('whole models as int8', () => {
  test.each([reportCnn, reportCnnLstm])('%p: a quarter of the bytes, nearly the same probabilities', async (make) => {
    const model = make();
    randomiseWeights(model, model.name);
    const artifacts = await artifactsOf(model);
    const [whole, small] = [toOnnx(artifacts), toOnnx(artifacts, { precision: 'int8' })];
    expect(small.length).toBeLessThan(0.3 * whole.length);
    const inputs = randomInputs(model, 1, 'bytes');
    const [[expected], [actual]] = [await runOnnx(whole, inputs), await runOnnx(small, inputs)];
    expect(actual.values).toBeAllClose(expected.values, { absolute: 0.05 });
    expect(Buffer.compare(small, toOnnx(artifacts, { precision: 'int8' }))).toBe(0);
  });

  test('weights that several nodes share are there once: a layer called twice, steps written out', async () => {
    const [a, b] = [tl.input({ shape: [40] }), tl.input({ shape: [40] })];
    const dense = layers.dense({ units: 20 });
    const twice = tl.model({ inputs: [a, b], outputs: [a, b].map((x) => dense.apply(x) as tl.SymbolicTensor) });
    const steps = layers.lstm({ units: 20, recurrentInitializer: 'zeros', inputShape: [6, 40] });
    for (const model of [twice, build(steps)]) {
      const artifacts = await artifactsOf(model);
      const file = decoded(toOnnx(artifacts)).graph!;
      const ranges = Object.fromEntries(
        [...file.input, ...file.valueInfo].map(({ name }) => [name, { low: -2, high: 2 }]),
      );
      const weights = file.initializer.filter(({ dims }) => dims.length === 2).length;
      for (const options of [{}, { ranges }]) {
        const small = decoded(toOnnx(artifacts, { precision: 'int8', ...options })).graph!;
        expect(small.initializer.filter(({ dims }) => dims.length === 2)).toHaveLength(weights);
      }
    }
  });

  test('small products and the front end stay float32', async () => {
    const model = build(layers.dense({ name: 'front_end', units: 20, inputShape: [40] }), layers.dense({ units: 3 }));
    expect(operatorCounts(toOnnx(await artifactsOf(model), { precision: 'int8' }))).toEqual({ Gemm: 2 });
  });
});

test('what does not fit is refused', async () => {
  const artifacts = await artifactsOf(build(layers.dense({ name: 'd', units: 8, inputShape: [40] })));
  expect(() => toOnnx(artifacts, { precision: 'int8', ranges: {} })).toThrow(
    /^value "[^"]+" has no range: calibrate on a float32 file of the same model$/,
  );
  expect(() => toOnnx(artifacts, { precision: 'fp16', ranges: {} })).toThrow(
    'ranges are for precision int8, not for fp16',
  );
  expect(() => toOnnx(artifacts, { precision: 'int4' as 'int8' })).toThrow(
    new RangeError('precision "int4" is not supported (supported: fp32, fp16, int8)'),
  );
});
