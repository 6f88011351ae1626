import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as tl from '@tensorflow/tfjs-layers';
import * as ort from 'onnxruntime-node';
import { toOnnx, toOnnxFiles } from '../../onnx/index.js';
import { decoded } from './decoded.js';
import { artifactsOf, randomInputs, randomiseWeights, runOnnx } from './exported.js';

async function model() {
  const { layers } = tl;
  const made = tl.sequential({
    layers: [
      layers.conv2d({ name: 'conv', filters: 40, kernelSize: 3, inputShape: [8, 8, 3] }),
      layers.flatten(),
      layers.dense({ name: 'dense', units: 7 }),
    ],
  });
  randomiseWeights(made, 'external');
  return { made, artifacts: await artifactsOf(made) };
}

describe('weights in a file of their own', () => {
  test('onnxruntime reads both files from disk, and answers the same', async () => {
    const { made, artifacts } = await model();
    const folder = await mkdtemp(join(tmpdir(), 'serkit-external-'));
    try {
      const { model: bytes, data } = toOnnxFiles(artifacts, { dataName: 'größe.data', dataFrom: 0 });
      await writeFile(join(folder, 'm.onnx'), bytes);
      await writeFile(join(folder, 'größe.data'), Buffer.concat(data!));
      const [x] = randomInputs(made, 2, 'external');
      const [expected] = await runOnnx(toOnnx(artifacts), [x]);
      const session = await ort.InferenceSession.create(join(folder, 'm.onnx'));
      const feeds = {
        [session.inputNames[0]]: new ort.Tensor('float32', x.dataSync<'float32'>() as Float32Array, x.shape),
      };
      const answer = (await session.run(feeds))[session.outputNames[0]];
      await session.release();
      expect(answer.data as Float32Array).toBeAllClose(expected.values, { absolute: 0 });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('lie at multiples of 4096, in order; small ones stay', async () => {
    const { artifacts } = await model();
    const { model: bytes, data } = toOnnxFiles(artifacts, { dataName: 'm.data', dataFrom: 0 });
    const whole = Buffer.concat(data!);
    const stored = decoded(bytes).graph!.initializer;
    const inOneFile = decoded(toOnnx(artifacts)).graph!.initializer;
    expect(stored.map(({ name }) => name)).toEqual(['conv/kernel', 'conv/bias', 'dense/kernel', 'dense/bias']);
    stored.forEach(({ externalData, rawData }, i) => {
      const entries = Object.fromEntries(externalData.map(({ key, value }) => [key, value]));
      const [offset, length] = [Number(entries.offset), Number(entries.length)];
      if (inOneFile[i].rawData.length < 1024) expect([externalData.length, rawData]).toEqual([0, inOneFile[i].rawData]);
      else {
        expect([entries.location, offset % 4096]).toEqual(['m.data', 0]);
        expect(Buffer.compare(whole.subarray(offset, offset + length), inOneFile[i].rawData)).toBe(0);
      }
    });
  });

  test('are only where they are too many for one file', async () => {
    const { artifacts } = await model();
    const { model: bytes, data } = toOnnxFiles(artifacts, { dataName: 'm.data' });
    expect(data).toBeUndefined();
    expect(Buffer.compare(bytes, toOnnx(artifacts))).toBe(0);
    expect(() => toOnnxFiles(artifacts, { dataName: '../m.data' })).toThrow('dataName "../m.data" is no file\'s name');
  });
});

/** 2.2 GB of weights, without tfjs: minutes, and 7 GB of memory. */
const large = process.env.SERKIT_LARGE ? test : test.skip;

large(
  'more than 2 GB: skipped unless SERKIT_LARGE is set',
  async () => {
    const [rows, columns] = [2 ** 15, 17_000];
    const folder = await mkdtemp(join(tmpdir(), 'serkit-large-'));
    try {
      const weights = new Float32Array(rows * columns);
      weights[0] = 3;
      weights[weights.length - 1] = 5;
      const artifacts = {
        modelTopology: {
          class_name: 'Sequential',
          config: {
            layers: [
              {
                class_name: 'Dense',
                config: { name: 'd', units: columns, use_bias: false, batch_input_shape: [null, rows] },
              },
            ],
          },
        },
        weightSpecs: [{ name: 'd/kernel', shape: [rows, columns], dtype: 'float32' }],
        weightData: weights.buffer,
      };
      expect(() => toOnnx(artifacts)).toThrow('the model holds 2.23 GB of weights, and one .onnx file ends at 2.15 GB');
      const { model: bytes, data } = toOnnxFiles(artifacts, { dataName: 'large.data' });
      await writeFile(join(folder, 'large.onnx'), bytes);
      await writeFile(join(folder, 'large.data'), data!);
      expect((await stat(join(folder, 'large.data'))).size).toBe(4 * rows * columns);
      expect((await readFile(join(folder, 'large.onnx'))).length).toBeLessThan(4096);
      const session = await ort.InferenceSession.create(join(folder, 'large.onnx'), {
        graphOptimizationLevel: 'disabled',
      });
      const x = new ort.Tensor('float32', new Float32Array(rows).fill(1), [1, rows]);
      const answer = (await session.run({ [session.inputNames[0]]: x }))[session.outputNames[0]].data as Float32Array;
      await session.release();
      expect([answer[0], answer[1], answer[columns - 1]]).toEqual([3, 0, 5]);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  600_000,
);
