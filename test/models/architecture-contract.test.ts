import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { type ArchitectureName, architectureNamed, architectures } from '../../models/index.js';
import { openBackend } from '../../pipeline/training/backends/index.js';
import { modelShape } from '../../pipeline/training/dataset.js';
import { prepareForTraining } from '../../pipeline/training/layers/index.js';
import { artifactsOf } from '../../pipeline/training/model-folder.js';

const labels = 8;
const names = Object.keys(architectures) as ArchitectureName[];

/** Softmax in float32 over 8 labels; measured 1.2e-7. */
const sumTolerance = 1e-6;

beforeAll(async () => {
  await openBackend('wasm');
});

describe.each(names)('the architecture %s', (name) => {
  const { chunks, reportParameters, defaults, build } = architectureNamed(name);
  const shape = [chunks === 'first' ? 1 : 2, 60, 216] as const;
  const built: LayersModel[] = [];
  const model = (seed: number) => {
    const made = build({ shape, labels, seed }, defaults);
    built.push(made);
    return made;
  };
  const features = (examples: number) => tf.randomNormal([examples, ...modelShape(shape)], 0, 1, 'float32', 7);

  afterEach(() => {
    for (const made of built.splice(0)) made.dispose();
  });

  test('is registered under its own name', () => {
    expect(architectureNamed(name).name).toBe(name);
    expect(Object.values(defaults).length).toBeGreaterThan(0);
  });

  test("has the report's number of parameters", () => {
    expect(model(1).countParams()).toBe(reportParameters);
  });

  test('answers probabilities (examples, labels)', async () => {
    const output = model(1).predict(features(3)) as tf.Tensor;
    expect(output.shape).toEqual([3, labels]);
    const values = await output.data();
    expect(Math.min(...values)).toBeGreaterThan(0);
    expect(await tf.sum(output, 1).data()).toBeAllClose([1, 1, 1], { absolute: sumTolerance });
  });

  test('predicts the same after a round trip through its artifacts', async () => {
    const original = model(1);
    const loaded = await loadLayersModel(tf.io.fromMemory(await artifactsOf(original)));
    built.push(loaded);
    const input = features(2);
    const expected = await (original.predict(input) as tf.Tensor).data();
    expect(await (loaded.predict(input) as tf.Tensor).data()).toBeAllClose(expected, { absolute: 0 });
    expect(loaded.layers.map((layer) => layer.name)).toEqual(original.layers.map((layer) => layer.name));
  });

  test('has the same weights for a seed, and others for another', async () => {
    const [first, again, other] = await Promise.all([kernels(model(1)), kernels(model(1)), kernels(model(2))]);
    expect(first.length).toBeGreaterThan(0);
    first.forEach((values, i) => {
      expect(again[i]).toBeAllClose(values, { absolute: 0 });
      expect(share(other[i], values)).toBeLessThan(0.01);
    });
  });

  test('draws other dropout masks at each step, and the same ones in another run', async () => {
    const input = features(2);
    const twoSteps = async () => {
      const net = model(1);
      const masked = prepareForTraining(net, 1);
      expect(masked.length).toBeGreaterThan(0);
      const steps = [net.apply(input, { training: true }), net.apply(input, { training: true })] as tf.Tensor[];
      expect(masked.map(({ step }) => step)).toEqual(masked.map(() => 2));
      return Promise.all(steps.map((output) => output.data()));
    };
    const [first, second] = await twoSteps();
    const [firstAgain, secondAgain] = await twoSteps();
    expect(firstAgain).toBeAllClose(first, { absolute: 0 });
    expect(secondAgain).toBeAllClose(second, { absolute: 0 });
    expect(share(first, second)).toBeLessThan(0.5);
  });

  test('two layers of equal shape start from different weights', async () => {
    const all = await kernels(model(1));
    for (const [i, a] of all.entries())
      for (const b of all.slice(i + 1)) if (a.length === b.length) expect(share(a, b)).toBeLessThan(0.01);
  });
});

test('an unknown name is an error that lists the names there are', () => {
  expect(() => architectureNamed('cmm')).toThrow(
    new RangeError(`no model is named "cmm" (there are: ${names.join(', ')})`),
  );
  expect(() => architectureNamed('toString')).toThrow(RangeError);
});

/** The values of every weight that is drawn at random. */
const kernels = (model: LayersModel) =>
  Promise.all(model.weights.filter(({ name }) => /kernel/.test(name)).map((weight) => weight.read().data()));

/** Share of elements that are equal. */
const share = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).filter((value, i) => value === b[i]).length / a.length;
