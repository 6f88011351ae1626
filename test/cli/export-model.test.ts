import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import * as layers from '@tensorflow/tfjs-layers';
import { InferenceSession } from 'onnxruntime-node';
import { artifactsFromManifest, shardPaths } from '../../onnx/index.js';
import { artifactsOf, runOnnx, runTfjs } from '../onnx/exported.js';
import { type Answer, serkit, temporaryFolder } from '../support/cli.js';

let folder: string;
let saved: string;
let model: layers.Sequential;
const at = (...parts: string[]) => join(folder, ...parts);
const output = () => at('model.onnx');

/** The largest gap between tfjs and onnxruntime seen here: 3e-8. */
const tolerance = { absolute: 1e-6 };

/** A model as a converter writes it: weights in files of `shardBytes`, the last one shorter. */
async function writeModel(to: string, shardBytes: number): Promise<number> {
  const artifacts = await artifactsOf(model);
  const bytes = new Uint8Array(artifacts.weightData as ArrayBuffer);
  const count = Math.ceil(bytes.length / shardBytes);
  const paths = Array.from({ length: count }, (_, i) => `group1-shard${i + 1}of${count}.bin`);
  await mkdir(to, { recursive: true });
  for (const [i, path] of paths.entries())
    await writeFile(join(to, path), bytes.subarray(i * shardBytes, (i + 1) * shardBytes));
  const { modelTopology, weightSpecs: weights } = artifacts;
  const json = { format: 'layers-model', modelTopology, weightsManifest: [{ paths, weights }] };
  await writeFile(join(to, 'model.json'), JSON.stringify(json));
  return count;
}

beforeAll(async () => {
  folder = await temporaryFolder();
  saved = at('saved');
  model = layers.sequential({
    layers: [
      layers.layers.conv2d({ inputShape: [8, 6, 1], filters: 4, kernelSize: 3, activation: 'relu', name: 'conv' }),
      layers.layers.flatten(),
      layers.layers.dense({ units: 5, activation: 'softmax', name: 'classes' }),
    ],
  });
  expect(await writeModel(saved, 500)).toBe(5);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** One line that names the file and says what is wrong; no file is left behind. */
function expectRefusal({ code, stdout, stderr }: Answer, ...says: (string | RegExp)[]): void {
  expect(stderr.trim().split('\n')).toHaveLength(1);
  for (const text of says) expect(stderr).toMatch(text);
  expect([code, stdout, existsSync(at('refused.onnx'))]).toEqual([1, '', false]);
}

describe('export of a model.json', () => {
  test('its weights in a second file, or none where all are small; another opset and precision', async () => {
    const exportTo = async (name: string, ...options: string[]) => {
      const { stdout } = await serkit([
        'export',
        saved,
        '-o',
        at('two', name),
        '--external-data',
        '--json',
        ...options,
      ]);
      const session = await InferenceSession.create(at('two', name));
      await session.release();
      return JSON.parse(stdout);
    };
    expect(await exportTo('m.onnx', '--opset', '20')).toMatchObject({ opset: 20, data: at('two', 'm.onnx.data') });
    expect(readFileSync(at('two', 'm.onnx.data'))).toHaveLength(4 * 96 * 5);
    const half = await exportTo('half.onnx', '--precision', 'fp16');
    expect([half.data, existsSync(at('two', 'half.onnx.data'))]).toEqual([undefined, false]);
  });

  test.each([
    ['its folder', () => saved],
    ['the file itself', () => join(saved, 'model.json')],
  ])('%s: sharded weights, the same numbers', async (_, path) => {
    const { code, stdout, stderr } = await serkit(['export', path(), '-o', output()]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/model\.onnx: 0\.00 MB, \d+ nodes, opset 17, converted in \d+\.\d\d s/);
    expect(stdout).toMatch(/\ninput conv_input: float \(batch, 8, 6, 1\)\noutput classes: float \(batch, 5\)\n$/);
    const input = tf.randomUniform([3, 8, 6, 1], -1, 1, 'float32', 'export-model');
    const [actual] = await runOnnx(readFileSync(output()), [input]);
    expect(actual.values).toBeAllClose(runTfjs(model, [input])[0].values, tolerance);
  });

  test('--json: what the file takes and gives', async () => {
    const { code, stdout } = await serkit(['export', saved, '-o', output(), '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      output: output(),
      bytes: readFileSync(output()).length,
      inputs: [{ name: 'conv_input', type: 'float', shape: ['batch', 8, 6, 1] }],
      outputs: [{ name: 'classes', type: 'float', shape: ['batch', 5] }],
      opset: 17,
      seconds: expect.any(Number),
      nodes: expect.any(Number),
    });
  });
});

describe('what is not whole, or something else', () => {
  async function damaged(name: string, damage: (copy: string) => Promise<unknown>): Promise<Answer> {
    const copy = at(name);
    await cp(saved, copy, { recursive: true });
    await damage(copy);
    return serkit(['export', copy, '-o', at('refused.onnx')]);
  }

  test('a shard that is missing', async () => {
    const answer = await damaged('missing', (copy) => rm(join(copy, 'group1-shard3of5.bin')));
    expectRefusal(answer, 'group1-shard3of5.bin: is missing; supported: all 5 weights files');
  });

  test.each([
    [2, 100, '400 too few'],
    [5, 0, 'too few'],
    [5, 600, 'too many'],
  ])('shard %d with %d bytes', async (shard, bytes, says) => {
    const name = `group1-shard${shard}of5.bin`;
    const answer = await damaged(`truncated-${shard}-${bytes}`, (copy) => truncate(join(copy, name), bytes));
    expectRefusal(answer, `model.json: ${name}: ${bytes} bytes are`, says);
  });

  test.each([
    ['no JSON', 'PK\u0003\u0004', /is not JSON; supported: .*tensorflowjs_converter/],
    ['JSON of something else', '[1, 2]', /has no modelTopology; supported: a model\.json of TensorFlow\.js/],
    ['a topology alone', '{"modelTopology": {}}', /has no weightsManifest/],
    [
      'a manifest without shapes',
      '{"modelTopology": {}, "weightsManifest": [{"paths": [], "weights": [{"name": "a"}]}]}',
      /weightsManifest is not made of/,
    ],
    [
      'weights of an unknown type',
      '{"modelTopology": {}, "weightsManifest": [{"paths": [], "weights": [{"name": "a", "shape": [2], "dtype": "float8"}]}]}',
      /weight "a" has type float8/,
    ],
    ['a model of an unknown class', '{"modelTopology": {"class_name": "Tree"}, "weightsManifest": []}', /Tree/],
  ])('%s', async (title, text, says) => {
    const answer = await damaged(title.replaceAll(' ', '-'), (copy) => writeFile(join(copy, 'model.json'), text));
    expectRefusal(answer, join(title.replaceAll(' ', '-'), 'model.json'), says);
  });

  test('a folder of nothing, a path of nothing, a folder to write to', async () => {
    await mkdir(at('empty'));
    expectRefusal(
      await serkit(['export', at('empty'), '-o', at('refused.onnx')]),
      join('empty', 'model.json: is missing'),
    );
    expectRefusal(await serkit(['export', at('nowhere.json'), '-o', at('refused.onnx')]), 'nowhere.json: is missing');
    expectRefusal(await serkit(['export', saved, '-o', at('empty')]), 'empty: is a folder');
  });
});

test('artifactsFromManifest: groups of weights one after another, shards counted', () => {
  const weight = (name: string) => ({ name, shape: [2], dtype: 'float32' });
  const manifest = (signature: object) => ({
    format: 'graph-model',
    modelTopology: { node: [] },
    ...signature,
    weightsManifest: [
      { paths: ['a1', 'a2'], weights: [weight('a')] },
      { paths: ['b'], weights: [{ name: 'b', shape: [2], dtype: 'string' }, weight('c')] },
    ],
  });
  const json = manifest({ signature: { inputs: {} } });
  const strings = [3, 0, 0, 0, 97, 98, 99, 0, 0, 0, 0];
  const shards = [
    new Uint8Array(4).fill(1),
    new Uint8Array(4).fill(2),
    Uint8Array.from([...strings, ...Array(8).fill(9)]),
  ];
  expect(shardPaths(json)).toEqual(['a1', 'a2', 'b']);
  const { weightData, weightSpecs, signature } = artifactsFromManifest(json, shards);
  expect([...new Uint8Array(weightData as ArrayBuffer)]).toEqual(shards.flatMap((shard) => [...shard]));
  expect(weightSpecs!.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  expect(signature).toEqual({ inputs: {} });
  expect(() => artifactsFromManifest(json, shards.slice(1))).toThrow(
    '2 weights files are given, model.json names 3: a1, a2, b',
  );
  expect(() => artifactsFromManifest(json, [...shards.slice(0, 2), shards[2].slice(0, 12)])).toThrow(
    /^b: 12 bytes are 7 too few for the weights that model.json describes \(19 bytes in 1 file\)/,
  );
});
