import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as ort from 'onnxruntime-node';
import { type Architecture, architectures } from '../../models/index.js';
import { GPU_TOLERANCE, PARITY_TOLERANCE } from '../../pipeline/workflows/parity-compare.js';
import { smallCases } from '../models/cases.js';
import { exported, randomInputs, randomiseWeights, runTfjs } from '../onnx/exported.js';
import { type BrowserPage, openBrowser } from '../support/browser/chromium.js';
import { runInBrowser } from '../support/browser/run-file.js';
import { describeWith } from '../support/needs.js';

/** They answer no labels, so their files are held against tfjs by what they rebuild, relative to its largest value. */
const autoencoders = Object.values(architectures as unknown as Record<string, Architecture>)
  .filter(({ task }) => task === 'reconstruction')
  .flatMap(({ name }) => smallCases(name).map((small) => [name, small] as const));

let browser: BrowserPage | undefined;
afterAll(() => browser?.close());

describe.each(autoencoders)('%s', (name, { shape, labels, options }) => {
  let model: LayersModel;
  let input: Tensor;
  let expected: Float32Array;
  let bytes: Uint8Array;

  beforeAll(async () => {
    model = (architectures as unknown as Record<string, Architecture>)[name].build({ shape, labels, seed: 1 }, options);
    randomiseWeights(model, name);
    [input] = randomInputs(model, 3, name);
    [{ values: expected }] = runTfjs(model, [input]);
    bytes = await exported(model);
  });
  afterAll(() => void model?.dispose());

  const expectSame = (actual: ArrayLike<number>, tolerance: number) => {
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    expect(actual).toBeAllClose(expected, { absolute: tolerance * largest });
  };

  async function inNode(provider: string): Promise<Float32Array> {
    const session = await ort.InferenceSession.create(bytes, { executionProviders: [provider] });
    const feed = new ort.Tensor('float32', input.dataSync<'float32'>(), input.shape);
    const answers = await session.run({ [session.inputNames[0]]: feed });
    const values = answers[session.outputNames[0]].data as Float32Array;
    await session.release();
    return values;
  }

  test('onnxruntime-node cpu', async () => expectSame(await inNode('cpu'), PARITY_TOLERANCE));

  describeWith('cuda', 'onnxruntime-node cuda', () => {
    test('rebuilds the same', async () => expectSame(await inNode('cuda'), GPU_TOLERANCE));
  });

  describeWith('webgpu', 'onnxruntime-node webgpu', () => {
    test('rebuilds the same', async () => expectSame(await inNode('webgpu'), GPU_TOLERANCE), 60_000);
  });

  describeWith('chromium', 'onnxruntime-web in Chromium', () => {
    test.each([
      ['wasm', PARITY_TOLERANCE],
      ['webgpu', GPU_TOLERANCE],
    ] as const)(
      '%s',
      async (provider, tolerance) => {
        browser ??= await openBrowser();
        const values = Array.from(input.dataSync<'float32'>());
        const feeds = { [model.inputNames[0]]: { type: 'float32' as const, shape: input.shape, values } };
        const answer = await runInBrowser(browser.page, bytes, feeds, provider);
        if ('refused' in answer) throw new Error(answer.refused);
        expectSame(answer.outputs[0].values, tolerance);
      },
      60_000,
    );
  });
});
