import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { backends } from '../../pipeline/training/backends/index.js';
import type { WasmBackend } from '../../pipeline/training/backends/wasm/heap.js';
import { loadKernels } from '../../pipeline/training/backends/wasm/kernels.js';
import { prepareForTraining } from '../../pipeline/training/layers/index.js';
import { fusedKernels, runKernel } from '../../pipeline/training/layers/kernels.js';
import { randomMask } from '../../pipeline/training/layers/random-mask.js';
import { fromRoot } from '../support/paths.js';

/** Node has it, its types do not. */
declare const WebAssembly: { Memory: new (size: { initial: number }) => { buffer: ArrayBuffer } };

let backend: WasmBackend & { numDataIds(): number; disposeData(dataId: object): void };
beforeAll(async () => {
  tf.enableProdMode();
  await backends.wasm.open();
  backend = tf.backend() as unknown as typeof backend;
});

describe('batch normalisation', () => {
  /** Of the largest element; single precision keeps 1.2e-7 of each. */
  const tolerance = 5e-6;
  const epsilon = 1e-3;

  // Sums in single precision lose the variance altogether here: that of 200,000 squares of 100 is known to some 100s.
  test.each([8, 7])('200,000 rows of %s channels around 100: what double precision gives', async (channels) => {
    const rows = 200_000;
    const shape = [rows, 1, 1, channels];
    const [x, dy, gamma, beta] = tf.tidy(() => [
      tf.reshape(tf.add(100, tf.sin(tf.range(0, rows * channels))), shape),
      tf.reshape(tf.add(0.5, tf.cos(tf.mul(0.7, tf.range(0, rows * channels)))), shape),
      tf.linspace(0.5, 2, channels),
      tf.linspace(-1, 1, channels),
    ]);
    const [y, mean, variance, saved0] = runKernel(fusedKernels.batchNorm, { x, gamma, beta }, { epsilon });
    const inputs = { dy, x, gamma, mean, variance, saved0 };
    const [dx, dgamma, dbeta] = runKernel(fusedKernels.batchNormGradient, inputs, { epsilon });
    const actual = { y, mean, variance, dx, dgamma, dbeta };
    const [xs, dys, gammas, betas] = await Promise.all([x, dy, gamma, beta].map((tensor) => tensor.data()));

    const expected = Object.fromEntries(
      Object.entries(actual).map(([name, { size }]) => [name, new Float64Array(size)]),
    );
    for (let c = 0; c < channels; c++) {
      const column = (each: (i: number) => number): number => {
        let sum = 0;
        for (let i = c; i < xs.length; i += channels) sum += each(i);
        return sum;
      };
      const average = column((i) => xs[i]) / rows;
      const spread = column((i) => (xs[i] - average) ** 2) / rows;
      const deviation = Math.sqrt(spread + epsilon);
      const ofBeta = column((i) => dys[i]);
      const ofGamma = column((i) => (dys[i] * (xs[i] - average)) / deviation);
      expected.mean[c] = average;
      expected.variance[c] = spread;
      expected.dbeta[c] = ofBeta;
      expected.dgamma[c] = ofGamma;
      for (let i = c; i < xs.length; i += channels) {
        const normalised = (xs[i] - average) / deviation;
        expected.y[i] = normalised * gammas[c] + betas[c];
        expected.dx[i] = (gammas[c] / deviation) * (dys[i] - ofBeta / rows - (normalised * ofGamma) / rows);
      }
    }
    // Of y and dx every 101st row: the matcher takes its time over millions of elements.
    const sampled = (values: ArrayLike<number>) =>
      Float64Array.from(values).filter((_, i) => ((i / channels) | 0) % 101 === 0);
    for (const [name, tensor] of Object.entries(actual)) {
      const truth = sampled(expected[name]);
      const largest = truth.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const absolute = tolerance * largest;
      expect(sampled(await tensor.data())).toBeAllClose(truth, { absolute });
    }
    tf.dispose([x, dy, gamma, beta, saved0, ...Object.values(actual)]);
  });
});

test.each([0.1, 0.5])('dropout of %s draws the masks of randomMask to the bit', async (rate) => {
  const seed: [number, number] = [-123_456_789, 41];
  const x = tf.randomNormal([1001, 7], 0, 1, 'float32', 1);
  const [y, mask] = runKernel(fusedKernels.dropout, { x }, { rate, seed });
  const expected = randomMask(x.size, rate, seed);
  const xs = await x.data();
  expect(await mask.data()).toEqual(expected);
  expect(await y.data()).toEqual(expected.map((factor, i) => xs[i] * factor));
  tf.dispose([x, y, mask]);
});

test('a clone shares the memory of what it was cloned from, which goes with the last of them', async () => {
  const before = backend.numDataIds();
  const original = tf.tensor1d([1, 2, 3]);
  const clone = original.clone();
  expect(clone.dataId).toBe(original.dataId);
  original.dispose();
  expect(Array.from(await clone.data())).toEqual([1, 2, 3]);
  clone.dispose();
  expect(backend.numDataIds()).toBe(before);
});

test('the same steps leave the same weights to the bit, whatever lay in the memory before', async () => {
  const train = async () => {
    const kernelInitializer = 'ones';
    const model = sequential({
      layers: [
        layers.conv2d({ inputShape: [9, 11, 3], filters: 11, kernelSize: 3, padding: 'same', kernelInitializer }),
        layers.batchNormalization(),
        layers.maxPooling2d({ poolSize: 2, padding: 'same' }),
        layers.dropout({ rate: 0.3, name: 'masked' }),
        layers.conv2d({ filters: 5, kernelSize: 3, kernelInitializer }),
        layers.flatten(),
        layers.dense({ units: 2, activation: 'softmax', kernelInitializer }),
      ],
    });
    prepareForTraining(model, 1);
    model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
    const x = tf.randomNormal([4, 9, 11, 3], 0, 1, 'float32', 1);
    const y = tf.tensor2d([1, 0, 0, 1, 1, 0, 0, 1], [4, 2]);
    for (let step = 0; step < 3; step++) await model.trainOnBatch(x, y);
    const weights = await Promise.all(model.getWeights().map((weight) => weight.data()));
    model.dispose();
    tf.dispose([x, y]);
    return weights;
  };
  const first = await train();
  tf.fill([100_000], Number.NaN).dispose();
  expect(await train()).toEqual(first);
  expect(first.flatMap((values) => Array.from(values)).every(Number.isFinite)).toBe(true);
});

test('loading the kernels writes nothing into the memory that they are given', async () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  await loadKernels({ wasm: { asm: { memory } } } as WasmBackend);
  expect(new Uint8Array(memory.buffer).every((byte) => byte === 0)).toBe(true);
});

test('memory that runs out is an error that says so, and what was there is still there', async () => {
  const kept = tf.tensor1d([1, 2, 3]);
  const gigabytes: tf.TensorInfo[] = [];
  const fill = () => {
    for (;;) gigabytes.push(backend.makeOutput([2 ** 28], 'float32'));
  };
  expect(fill).toThrow('wasm has no memory left for 1024 MB; try a smaller batchSize or another backend');
  for (const { dataId } of gigabytes) backend.disposeData(dataId);
  expect(Array.from(await tf.add(kept, 1).data())).toEqual([2, 3, 4]);
});

test('a kernel of tfjs that finds no memory for itself is an error that says so', () => {
  const x = tf.ones<tf.Rank.R4>([1, 8, 8, 256]);
  const filter = tf.ones<tf.Rank.R4>([3, 3, 256, 256]); // packed by the kernel: 2.4 MB
  const y = 2 ** 14; // elements
  const pieces: tf.TensorInfo[] = [];
  const fill = (elements: number) => {
    for (;;) pieces.push(backend.makeOutput([elements], 'float32'));
  };
  for (let elements = 2 ** 28; elements >= y; elements /= 4) expect(() => fill(elements)).toThrow('no memory left');
  backend.disposeData(pieces.pop()!.dataId);
  backend.disposeData(pieces.pop()!.dataId);
  expect(() => tf.conv2d(x, filter, 1, 'same')).toThrow(
    /^wasm has no memory left in Conv2D \(.+ MB in use\); try a smaller batchSize or another backend$/,
  );
  for (const { dataId } of pieces) backend.disposeData(dataId);
  expect(tf.conv2d(x, filter, 1, 'valid').dataSync()[0]).toBe(9 * 256);
});

// WebAssembly's SIMD needs SSE 4.1 on x64; elsewhere nothing can take it away.
const x64 = process.arch === 'x64';
(x64 ? test : test.skip)(
  `without SIMD the backend does not open, and says why${x64 ? '' : ': skipped, only on x64 can it be taken away'}`,
  async () => {
    const program = `import { tryBackend } from '${pathToFileURL(fromRoot('dist/pipeline/training/backends/index.js'))}';
    console.log(JSON.stringify(await tryBackend('wasm')));`;
    const args = ['--no-enable-sse4-1', '--input-type=module', '--eval', program];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const { works, reason } = JSON.parse(stdout) as { works: boolean; reason: string };
    expect(works).toBe(false);
    expect(reason).toMatch(/^wasm: the training kernels need WebAssembly SIMD and one thread: /);
  },
);
