import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { openBackend } from '../../pipeline/training/backends/index.js';
import { fuseBatchNormalization } from '../../pipeline/training/layers/batch-normalization.js';
import { prepareForTraining } from '../../pipeline/training/layers/index.js';
import { fusedKernels, hasKernel } from '../../pipeline/training/layers/kernels.js';
import { describeWith } from '../support/needs.js';

/** Largest difference seen on any backend, relative to the largest element: 6.1e-7. */
const tolerance = 5e-6;

type Layer = layers.Layer;
const usualGru = (units: number, returnSequences: boolean): Layer =>
  layers.gru({ units, returnSequences, recurrentActivation: 'sigmoid', recurrentInitializer: 'glorotUniform' });
/** Layers made anew for each model, since a layer belongs to one. */
const cases: Record<string, { shape: number[]; make: () => Layer[] }> = {
  'batch normalisation of images': { shape: [5, 7, 6, 3], make: () => [layers.batchNormalization()] },
  'batch normalisation of vectors': { shape: [9, 4], make: () => [layers.batchNormalization({ epsilon: 0.1 })] },
  'batch normalisation of sequences': { shape: [3, 5, 4], make: () => [layers.batchNormalization()] },
  'a convolution with bias, then batch normalisation': {
    shape: [4, 8, 9, 2],
    make: () => [layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same' }), layers.batchNormalization()],
  },
  'a convolution with activation, then batch normalisation': {
    shape: [4, 8, 9, 2],
    make: () => [layers.conv2d({ filters: 3, kernelSize: 3, activation: 'tanh' }), layers.batchNormalization()],
  },
  'max pooling 2 × 2, same, odd sides': {
    shape: [3, 7, 9, 4],
    make: () => [layers.maxPooling2d({ poolSize: 2, strides: 2, padding: 'same' })],
  },
  'max pooling 4 × 4 of a picture smaller than that': {
    shape: [2, 2, 7, 4],
    make: () => [layers.maxPooling2d({ poolSize: 4, strides: 4, padding: 'same' })],
  },
  'max pooling 3 × 2 with overlap, valid': {
    shape: [2, 8, 7, 3],
    make: () => [layers.maxPooling2d({ poolSize: [3, 2], strides: [2, 1], padding: 'valid' })],
  },
  'a block of the CNN': {
    shape: [4, 10, 12, 1],
    make: () => [
      layers.conv2d({ filters: 5, kernelSize: 3, padding: 'same' }),
      layers.batchNormalization({ momentum: 0.9 }),
      layers.maxPooling2d({ poolSize: 2, strides: 2, padding: 'same' }),
      layers.activation({ activation: 'elu' }),
    ],
  },
  'a GRU, its last state': { shape: [4, 7, 3], make: () => [usualGru(5, false)] },
  'two GRUs, one after the other, all states': { shape: [3, 6, 4], make: () => [usualGru(5, true), usualGru(2, true)] },
  'a GRU of one step': { shape: [3, 1, 4], make: () => [usualGru(6, true)] },
  'a GRU distributed over chunks': {
    shape: [2, 3, 5, 4],
    make: () => [layers.timeDistributed({ layer: usualGru(3, false) })],
  },
  'layers distributed over time': {
    shape: [3, 2, 6, 8, 2],
    make: () => [
      layers.timeDistributed({ layer: layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same' }) }),
      layers.timeDistributed({ layer: layers.maxPooling2d({ poolSize: 2, padding: 'same' }) }),
      layers.timeDistributed({ layer: layers.flatten() }),
      layers.timeDistributed({ layer: layers.dense({ units: 4, activation: 'tanh' }) }),
    ],
  },
};

/** What a training step computes: output, gradients of Σ y · u by input and weights, and the weights it leaves behind. */
async function step(model: LayersModel, input: tf.Tensor): Promise<Record<string, Float32Array>> {
  const trainable = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const values = tf.tidy(() => {
    const weigh = (y: tf.Tensor) => tf.sum(tf.mul(y, draw(y.shape, 7))) as tf.Scalar;
    const run = (x: tf.Tensor) => model.apply(x, { training: true }) as tf.Tensor;
    const byInput = tf.grad((x: tf.Tensor) => weigh(run(x)))(input);
    const { grads } =
      trainable.length > 0 ? tf.variableGrads(() => weigh(run(input)), trainable) : { grads: {} as tf.NamedTensorMap };
    const gradients = trainable.map((weight) => grads[weight.name] ?? tf.zerosLike(weight));
    return { output: run(input), byInput, gradients };
  });
  const result: Record<string, Float32Array> = {
    output: (await values.output.data()) as Float32Array,
    byInput: (await values.byInput.data()) as Float32Array,
  };
  for (const [i, gradient] of values.gradients.entries())
    result[`gradient of ${nameOf(model, trainable[i])}`] = (await gradient.data()) as Float32Array;
  for (const weight of model.weights.filter(({ trainable: moves }) => !moves))
    result[weight.originalName] = (await weight.read().data()) as Float32Array;
  tf.dispose(values as unknown as tf.TensorContainer);
  return result;
}

const nameOf = (model: LayersModel, variable: tf.Variable) =>
  model.trainableWeights.find((weight) => (weight.read() as tf.Variable) === variable)!.originalName;

const draw = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);

function modelOf(shape: number[], made: Layer[]): LayersModel {
  const model = sequential({ layers: [layers.inputLayer({ inputShape: shape.slice(1) }), ...made] });
  // The same on every backend, and away from what layers start with: a bias or beta of zero would hide its part.
  tf.tidy(() =>
    model.setWeights(model.getWeights().map(({ shape: of }, i) => tf.add(0.1, tf.mul(0.4, tf.abs(draw(of, i + 1)))))),
  );
  return model;
}

function contract() {
  test.each(Object.entries(cases))(
    '%s: the numbers and gradients of the stock layers on cpu',
    async (_, { shape, make }) => {
      const backend = tf.getBackend();
      await tf.setBackend('cpu');
      const expected = await step(modelOf(shape, make()), draw(shape, 1));
      await tf.setBackend(backend);
      const fused = modelOf(shape, make());
      prepareForTraining(fused, 1);
      const actual = await step(fused, draw(shape, 1));
      expect(Object.keys(actual)).toHaveLength(Object.keys(expected).length);
      const largest = Math.max(...Object.values(expected).flatMap((values) => Array.from(values, Math.abs)));
      const names = Object.keys(expected);
      for (const [i, values] of Object.values(actual).entries())
        expect(values).toBeAllClose(expected[names[i]], { absolute: tolerance * largest });
    },
  );

  test.each(Object.entries(cases))('%s: gradients agree with finite differences', async (_, { shape, make }) => {
    const model = modelOf(shape, make());
    prepareForTraining(model, 1);
    const [x, direction] = [draw(shape, 1), draw(shape, 2)];
    const loss = (input: tf.Tensor) => {
      const y = model.apply(input, { training: true }) as tf.Tensor;
      return tf.sum(tf.mul(y, draw(y.shape, 7))) as tf.Scalar;
    };
    const width = 1e-3;
    const at = (distance: number) => tf.tidy(() => loss(tf.add(x, tf.mul(direction, distance))).dataSync()[0]);
    const slope = tf.tidy(() => tf.sum(tf.mul(tf.grad(loss)(x), direction)).dataSync()[0]);
    // Single precision leaves some 1e-6 of the loss' terms, divided by the width.
    expect(Math.abs((at(width) - at(-width)) / (2 * width) - slope)).toBeLessThan(0.02 * Math.abs(slope) + 0.1);
  });

  // Stock tfjs cannot train these on every backend, so there is nothing to compare with.
  test.each([{ axis: 1 }, { scale: false }, { center: false }])(
    'batch normalisation with %p is left alone',
    (options) => {
      const norm = layers.batchNormalization(options);
      const model = sequential({ layers: [layers.inputLayer({ inputShape: [3, 4, 5] }), norm] });
      expect(fuseBatchNormalization(norm)).toBe(false);
      expect(prepareForTraining(model, 1)).toEqual([]);
    },
  );

  test('prediction is left as it was', async () => {
    const { shape, make } = cases['a block of the CNN'];
    const model = modelOf(shape, make());
    const input = draw(shape, 3);
    const before = await (model.predict(input) as tf.Tensor).data();
    const saved = JSON.stringify(model.toJSON());
    prepareForTraining(model, 1);
    expect(await (model.predict(input) as tf.Tensor).data()).toEqual(before);
    expect(JSON.stringify(model.toJSON())).toBe(saved);
  });

  test('of equal values the first is the maximum that gets the gradient', async () => {
    const model = sequential({ layers: [layers.maxPooling2d({ inputShape: [2, 4, 1], poolSize: 2 })] });
    prepareForTraining(model, 1);
    const gradient = tf.grad((x: tf.Tensor) => tf.sum(model.apply(x, { training: true }) as tf.Tensor));
    expect(Array.from(await gradient(tf.ones([1, 2, 4, 1])).data())).toEqual([1, 0, 1, 0, 0, 0, 0, 0]);
  });

  test('frozen batch normalisation keeps its averages, uses them, and hears the bias before it', async () => {
    const { shape, make } = cases['a convolution with bias, then batch normalisation'];
    const made = make();
    const model = modelOf(shape, made);
    made[1].trainable = false;
    const input = draw(shape, 3);
    prepareForTraining(model, 1);
    const expected = await (model.predict(input) as tf.Tensor).data();
    expect(await (model.apply(input, { training: true }) as tf.Tensor).data()).toBeAllClose(expected, {
      absolute: 1e-5,
    });
  });

  test('no tensor stays behind', async () => {
    const { shape, make } = cases['a block of the CNN'];
    const model = modelOf(shape, [...make(), layers.dropout({ rate: 0.5 })]);
    prepareForTraining(model, 1);
    const input = draw(shape, 1);
    await step(model, input);
    const before = tf.memory().numTensors;
    await step(model, input);
    expect(tf.memory().numTensors).toBe(before);
  });

  describe('dropout', () => {
    const shape = [3, 1001, 7]; // an odd number of units
    const input = () => tf.ones(shape);
    const masks = async (rate: number, seed: number, steps: number, names = ['a']) => {
      const model = sequential({
        layers: [
          layers.inputLayer({ inputShape: shape.slice(1) }),
          ...names.map((name) => layers.dropout({ rate, name })),
        ],
      });
      const masked = prepareForTraining(model, seed);
      const drawn: Float32Array[] = [];
      for (let i = 0; i < steps; i++)
        drawn.push((await (model.apply(input(), { training: true }) as tf.Tensor).data()) as Float32Array);
      return { drawn, masked, model };
    };

    test.each([0.1, 0.3, 0.5, 0.9])('drops %s of the units and scales the others', async (rate) => {
      const { drawn } = await masks(rate, 1, 1);
      const kept = drawn[0].filter((value) => value !== 0);
      expect(new Set(kept)).toEqual(new Set([Math.fround(1 / (1 - rate))]));
      const expected = (1 - rate) * 21_021;
      expect(Math.abs(kept.length - expected)).toBeLessThan(4 * Math.sqrt(21_021 * rate * (1 - rate)));
    });

    test('masks differ from step to step and from seed to seed, and repeat from run to run', async () => {
      const { drawn: first } = await masks(0.5, 1, 3);
      expect((await masks(0.5, 1, 3)).drawn).toEqual(first);
      const different = new Set([...first, ...(await masks(0.5, 2, 1)).drawn].map((mask) => mask.join('')));
      expect(different.size).toBe(4);
      // Not shifted copies of each other either: as many agree as chance has it.
      const agreeing = first[0].filter((value, i) => value === first[1][i]).length;
      expect(Math.abs(agreeing / 21_021 - 0.5)).toBeLessThan(0.02);
    });

    test('masks differ from layer to layer: two of a half leave a quarter', async () => {
      const { drawn } = await masks(0.5, 1, 1, ['a', 'b']);
      expect(Math.abs(drawn[0].filter((value) => value === 4).length / 21_021 - 0.25)).toBeLessThan(0.02);
    });

    test('goes on where a step counter says', async () => {
      const { drawn } = await masks(0.5, 1, 3);
      const { masked, model } = await masks(0.5, 1, 0);
      masked[0].step = 2;
      expect(await (model.apply(input(), { training: true }) as tf.Tensor).data()).toEqual(drawn[2]);
    });

    test('drops the same units of the gradient', async () => {
      const { model, masked } = await masks(0.3, 1, 0);
      const gradient = await tf
        .grad((x: tf.Tensor) => tf.sum(model.apply(x, { training: true }) as tf.Tensor))(input())
        .data();
      masked[0].step = 0;
      expect(gradient).toEqual(await (model.apply(input(), { training: true }) as tf.Tensor).data());
    });

    test('nothing is dropped in prediction', async () => {
      const { model } = await masks(0.5, 1, 0);
      expect(new Set(await (model.predict(input()) as tf.Tensor).data())).toEqual(new Set([1]));
    });
  });
}

describe.each(['wasm', 'cpu'] as const)('fused layers on %s', (name) => {
  beforeAll(async () => {
    await openBackend('cpu');
    await openBackend(name);
  });
  contract();
});

describeWith('tensorflow', 'fused layers on tensorflow', () => {
  beforeAll(async () => {
    await openBackend('cpu');
    await openBackend('tensorflow');
  });
  contract();

  test('are TensorFlow’s own', () => {
    expect(Object.values(fusedKernels).filter((kernel) => !hasKernel(kernel))).toEqual([]);
  });
});
