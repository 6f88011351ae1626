import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { backends } from '../../pipeline/training/backends/index.js';

/** Of the largest element. Measured over these cases: 4.6e-7. */
const tolerance = 1e-5;

interface Case {
  size: [height: number, width: number];
  kernel: [height: number, width: number];
  channels: [input: number, output: number];
  strides: number | [number, number];
  pad: 'same' | 'valid';
  batch?: number;
}

const cases: Case[] = [];
for (const pad of ['same', 'valid'] as const)
  for (const strides of [1, 2])
    cases.push(
      { size: [8, 8], kernel: [3, 3], channels: [1, 2], strides, pad },
      { size: [7, 10], kernel: [3, 3], channels: [3, 4], strides, pad },
      { size: [6, 9], kernel: [2, 4], channels: [2, 3], strides, pad },
      { size: [5, 6], kernel: [1, 1], channels: [4, 2], strides, pad },
      { size: [9, 7], kernel: [5, 3], channels: [2, 1], strides, pad, batch: 1 },
      { size: [12, 10], kernel: [3, 3], channels: [8, 8], strides, pad, batch: 2 },
    );
cases.push(
  { size: [9, 11], kernel: [3, 3], channels: [2, 3], strides: [1, 2], pad: 'same' },
  { size: [9, 11], kernel: [3, 3], channels: [2, 3], strides: [2, 1], pad: 'valid' },
  // 'same' on 2 × 7 and 1 × 2: the report's last blocks, smaller than the kernel.
  { size: [2, 7], kernel: [3, 3], channels: [8, 8], strides: 1, pad: 'same' },
  { size: [1, 2], kernel: [3, 3], channels: [8, 8], strides: 1, pad: 'same' },
  { size: [10, 10], kernel: [3, 3], channels: [2, 2], strides: 3, pad: 'valid' },
);

const titled = cases.map(
  ({ size, kernel, channels, strides, pad, batch = 3 }) =>
    [
      `${batch} × ${size.join(' × ')}, kernel ${kernel.join(' × ')}, ${channels.join(' → ')} channels, strides ${strides}, ${pad}`,
      { size, kernel, channels, strides, pad, batch },
    ] as const,
);

beforeAll(async () => {
  tf.enableProdMode();
  await backends.cpu.open();
  await backends.wasm.open();
});

describe('convolution gradients of the wasm backend equal those of the cpu backend', () => {
  test.each(titled)('%s', async (_, convolution) => {
    const expected = await gradients('cpu', convolution);
    const actual = await gradients('wasm', convolution);
    for (const name of ['input', 'filter'] as const) {
      const largest = Math.max(...Array.from(expected[name], Math.abs));
      expect(largest).toBeGreaterThan(0);
      expect(actual[name]).toBeAllClose(expected[name], { absolute: tolerance * largest });
    }
  });
});

test('the gradients hold on to no tensor', async () => {
  await gradients('wasm', titled[0][1]);
  const before = tf.memory().numTensors;
  await gradients('wasm', titled[0][1]);
  expect(tf.memory().numTensors).toBe(before);
});

describe('the gradient of max pooling on wasm equals that on cpu', () => {
  const pools = [
    { size: [8, 8], pool: [2, 2], strides: [2, 2], pad: 'same' },
    { size: [7, 9], pool: [2, 4], strides: [2, 4], pad: 'same' },
    { size: [7, 9], pool: [3, 2], strides: [2, 1], pad: 'valid' },
    { size: [1, 3], pool: [4, 4], strides: [4, 4], pad: 'same' },
  ] as const;
  // tfjs-backend-wasm's own loses the gradient of windows without a positive element.
  test.each(pools)('$size, windows $pool, strides $strides, $pad', async ({ size, pool, strides, pad }) => {
    const gradientOn = async (backend: 'cpu' | 'wasm') => {
      await tf.setBackend(backend);
      const x = tf.randomNormal([2, ...size, 3], -1, 1, 'float32', 1) as tf.Tensor4D;
      const pooled = (input: tf.Tensor) => tf.maxPool(input as tf.Tensor4D, [...pool], [...strides], pad);
      const dy = tf.randomNormal(pooled(x).shape, 0, 1, 'float32', 2);
      return await tf.grad(pooled)(x, dy).data();
    };
    const expected = await gradientOn('cpu');
    expect(expected.some((value) => value !== 0)).toBe(true);
    expect(await gradientOn('wasm')).toBeAllClose(expected, { absolute: 1e-6 });
  });
});

/** Gradients of Σ conv2d(x, w) · u with a random u, so that each output counts differently. */
async function gradients(backend: 'cpu' | 'wasm', { size, kernel, channels, strides, pad, batch = 3 }: Case) {
  await tf.setBackend(backend);
  const draw = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);
  const x = draw([batch, ...size, channels[0]], 1) as tf.Tensor4D;
  const w = draw([...kernel, ...channels], 2) as tf.Tensor4D;
  const { outShape } = tf.backend_util.computeConv2DInfo(x.shape, w.shape, strides, 1, pad);
  const u = draw(outShape, 3);
  const weighted = (input: tf.Tensor4D, filter: tf.Tensor4D) =>
    tf.sum(tf.mul(tf.conv2d(input, filter, strides, pad), u)) as tf.Scalar;
  const [dx, dw] = tf.grads(weighted as (...x: tf.Tensor[]) => tf.Scalar)([x, w]);
  const values = { input: await dx.data(), filter: await dw.data() };
  tf.dispose([x, w, u, dx, dw]);
  return values;
}
