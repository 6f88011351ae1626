import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { type ArchitectureName, architectureNamed, architectures } from '../../models/index.js';
import { openBackend } from '../../pipeline/training/backends/index.js';
import { prepareForTraining } from '../../pipeline/training/layers/index.js';
import { Learner } from '../../pipeline/training/learner.js';
import { artifactsOf } from '../../pipeline/training/model-folder.js';
import { withAttention } from '../onnx/attention.js';
import { decoded } from '../onnx/decoded.js';
import { exported, type Outputs, randomInputs, randomiseWeights, runOnnx, runTfjs } from '../onnx/exported.js';
import { type Case, chunkCounts, learnable, reportCase, smallCases } from './cases.js';

const names = Object.keys(architectures) as ArchitectureName[];

/** Softmax in float32 over 8 labels; measured 1.2e-7. */
const sumTolerance = 1e-6;

/**
 * tfjs on wasm and onnxruntime, of the largest value where that is beyond 1. Largest gaps seen: probabilities 2.2e-6, weights
 * of attention 4.8e-7, reconstructions 9.5e-6 of values up to 6.0 (from sums of 12,960 products).
 */
const PARITY = 1e-5;

/** Examples at once. */
const batches = [1, 7];

beforeAll(async () => {
  tf.env().set('IS_TEST', false); // wasm's own kernels fail in tfjs's test mode
  await openBackend('wasm');
});

const built: LayersModel[] = [];
const made = (model: LayersModel): LayersModel => {
  built.push(model);
  return model;
};
const disposeAll = () => {
  for (const model of built.splice(0)) model.dispose();
};

/** tfjs's outputs, and those of the exported file; where a layer is named `attention`, it is an output of both. */
async function onBothRuntimes(model: LayersModel, inputs: tf.Tensor[][]): Promise<[Outputs[], Outputs[]][]> {
  const whole = model.layers.some(({ name }) => name === 'attention') ? withAttention(model) : model;
  const bytes = await exported(whole);
  const results: [Outputs[], Outputs[]][] = [];
  for (const input of inputs) results.push([runTfjs(whole, input), await runOnnx(bytes, input)]);
  return results;
}

async function expectParity(model: LayersModel, seed: string): Promise<void> {
  const inputs = batches.map((batch) => randomInputs(model, batch, `${seed} ${batch}`));
  for (const [expected, actual] of await onBothRuntimes(model, inputs)) {
    expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
    expected.forEach(({ values }, i) => {
      const largest = values.reduce((a, b) => Math.max(a, Math.abs(b)), 1);
      expect(actual[i].values).toBeAllClose(values, { absolute: PARITY * largest });
    });
  }
}

describe.each(names)('the architecture %s', (name) => {
  const { task, reportParameters, defaults, build, holdsEncoder } = architectureNamed(name);
  const buildCase = ({ shape, labels, options }: Case, seed = 1) => made(build({ shape, labels, seed }, options));

  test('is registered under its own name, and says what it is for', () => {
    expect(architectureNamed(name).name).toBe(name);
    expect(architectureNamed(name).purpose).toMatch(/\w/);
    expect(Object.values(defaults).length).toBeGreaterThan(0);
  });

  describe("on the report's features", () => {
    const report = reportCase(name);
    let model: LayersModel;
    beforeAll(() => {
      model = build({ ...report, seed: 1 }, report.options);
      randomiseWeights(model, name);
    });
    afterAll(() => {
      model.dispose();
      disposeAll();
    });

    test('has the number of parameters that it names', () => {
      expect(model.countParams()).toBe(reportParameters);
    });

    test(task === 'recognition' ? 'answers probabilities (examples, labels)' : "answers its input's shape", () => {
      const [input] = randomInputs(model, 2, name);
      const [{ shape, values }] = runTfjs(model, [input]);
      expect(values.every(Number.isFinite)).toBe(true);
      if (task === 'reconstruction') {
        expect(shape).toEqual(input.shape);
        return;
      }
      expect(shape).toEqual([2, report.labels]);
      expect(Math.min(...values)).toBeGreaterThan(0);
      const sums = [0, 1].map((row) => values.subarray(8 * row, 8 * row + 8).reduce((sum, p) => sum + p, 0));
      expect(sums).toBeAllClose([1, 1], { absolute: sumTolerance });
    });

    test('is the same model after a round trip through its artifacts', async () => {
      const loaded = made(await loadLayersModel(tf.io.fromMemory(await artifactsOf(model))));
      const inputs = randomInputs(model, 1, name);
      expect(runTfjs(loaded, inputs)[0].values).toBeAllClose(runTfjs(model, inputs)[0].values, { absolute: 0 });
    });

    test('computes the same in onnxruntime', () => expectParity(model, name), 60_000);
  });

  describe.each(smallCases(name))('on small features, $title', (small) => {
    afterEach(disposeAll);

    test('keeps its configuration through its artifacts, frozen layers too', async () => {
      const model = buildCase(small);
      const loaded = made(await loadLayersModel(tf.io.fromMemory(await artifactsOf(model))));
      expect(configOf(loaded)).toEqual(configOf(model));
      expect(loaded.trainableWeights.map(({ originalName }) => originalName)).toEqual(
        model.trainableWeights.map(({ originalName }) => originalName),
      );
    });

    test('has the same weights for a seed, and others for another', async () => {
      const [first, again, other] = await Promise.all([1, 1, 2].map((seed) => kernels(buildCase(small, seed))));
      expect(first.length).toBeGreaterThan(0);
      first.forEach((values, i) => {
        expect(again[i]).toBeAllClose(values, { absolute: 0 });
        expect(share(other[i], values)).toBeLessThan(0.01);
      });
    });

    test('two layers of equal shape start from different weights', async () => {
      const all = await kernels(buildCase(small));
      for (const [i, a] of all.entries())
        for (const b of all.slice(i + 1)) if (a.length === b.length) expect(share(a, b)).toBeLessThan(0.01);
    });

    test('draws other dropout masks at each step, and the same ones in another run', async () => {
      const twoSteps = async () => {
        const net = buildCase(small);
        const [input] = randomInputs(net, 8, 'dropout');
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

    test('learns: a few steps lower the loss, and move all weights but those of a frozen encoder', async () => {
      const model = buildCase(small);
      const { examples, batch } = learnable(small);
      const learner = new Learner(model, { task });
      const before = await learner.objective.ofExamples(model, examples);
      const start = await valuesOf(model);
      for (let update = 1; update <= 30; update++) await learner.step(batch, 0.01, update);
      const after = await learner.objective.ofExamples(model, examples);
      expect(after.loss).toBeLessThan(0.8 * before.loss);
      const end = await valuesOf(model);
      const moved = model.weights.map((_, i) => share(start[i], end[i]) < 1);
      const frozen = model.weights.map(({ originalName }) => originalName.startsWith('encoder'));
      if (holdsEncoder) {
        expect(frozen).toContain(true);
        expect(moved.filter((_, i) => frozen[i])).not.toContain(true);
      }
      // A bias before batch normalisation has no gradient.
      const kernelsThatStay = model.weights.filter(
        ({ originalName }, i) => /kernel/.test(originalName) && !moved[i] && !(holdsEncoder && frozen[i]),
      );
      expect(kernelsThatStay.map(({ originalName }) => originalName)).toEqual([]);
      learner.dispose();
    }, 30_000);

    test.each(chunkCounts(name))('of %i chunks computes the same in onnxruntime', async (chunks) => {
      const [, bands, frames] = small.shape;
      const model = buildCase({ ...small, shape: [chunks, bands, frames] });
      randomiseWeights(model, name);
      await expectParity(model, `${name} ${chunks}`);
    });

    if (!holdsEncoder) return;

    test('its encoder is in the exported file', async () => {
      const model = buildCase(small);
      randomiseWeights(model, name);
      const sorted = (values: ArrayLike<number>) => Array.from(values).sort((a, b) => a - b);
      const inFile = decoded(await exported(model)).graph!.initializer.map(({ rawData }) =>
        sorted(new Float32Array(rawData.slice().buffer, 0, Math.floor(rawData.length / 4))),
      );
      const encoder = model.weights.filter(({ originalName }) => /^encoder.*kernel$/.test(originalName));
      expect(encoder.length).toBeGreaterThan(0);
      for (const weight of encoder) expect(inFile).toContainEqual(sorted(weight.read().dataSync()));
    });
  });
});

test('an unknown name is an error that lists the names there are', () => {
  expect(() => architectureNamed('cmm')).toThrow(
    new RangeError(`no model is named "cmm" (there are: ${names.join(', ')})`),
  );
  expect(() => architectureNamed('toString')).toThrow(RangeError);
});

/** An option that is not given is undefined before, and null after it was saved. */
const configOf = (model: LayersModel) =>
  JSON.parse(JSON.stringify(model.getConfig(), (_, value) => (value === null ? undefined : value)));

const valuesOf = (model: LayersModel) => Promise.all(model.weights.map((weight) => weight.read().data()));

/** The values of every weight that is drawn at random. */
const kernels = (model: LayersModel) =>
  Promise.all(model.weights.filter(({ name }) => /kernel/.test(name)).map((weight) => weight.read().data()));

/** Share of elements that are equal. */
const share = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).filter((value, i) => value === b[i]).length / a.length;
