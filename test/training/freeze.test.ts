import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { cnn } from '../../models/cnn.js';
import { openBackend } from '../../pipeline/training/backends/index.js';
import { batchesInMemory } from '../../pipeline/training/batches/batch-source.js';
import { copyWeights } from '../../pipeline/training/copy-weights.js';
import { FlatWeights } from '../../pipeline/training/flat-weights.js';
import { type Freeze, freeze } from '../../pipeline/training/freeze.js';
import { artifactsOf } from '../../pipeline/training/model-folder.js';
import { train } from '../../pipeline/training/train.js';
import { narrowCnn, stripes } from './toy.js';

beforeAll(async () => {
  await openBackend('wasm');
});

const data = stripes(48, 'freeze');

/** The names of the weights that training changed, the moving statistics too. */
async function changedBy(what: Freeze): Promise<string[]> {
  const model = narrowCnn(1);
  freeze(model, what);
  const weights = [...model.weights];
  const values = () => Promise.all(weights.map((weight) => weight.read().data()));
  const before = await values();
  const source = batchesInMemory(data, { batchSize: 16, seed: 1 });
  await train(model, source, data, { epochs: 2, learningRate: 0.01, keep: 'last', weightDecay: 0.1, ema: 0.5 });
  const after = await values();
  return weights
    .filter((_, i) => Buffer.compare(Buffer.from(before[i].buffer), Buffer.from(after[i].buffer)) !== 0)
    .map(({ originalName }) => originalName);
}

describe('frozen layers', () => {
  test('stay as they are to the bit, moving statistics too; the others learn', async () => {
    const head = ['probabilities/kernel', 'probabilities/bias'];
    const dense = ['dense/kernel', 'dense/bias', 'dense_norm/gamma', 'dense_norm/beta'];
    const moving = ['dense_norm/moving_mean', 'dense_norm/moving_variance'];
    expect((await changedBy('all-but-head')).sort()).toEqual([...head].sort());
    expect((await changedBy(2)).sort()).toEqual([...head, ...dense, ...moving].sort());
    const all = await changedBy('none');
    expect(all).toHaveLength(narrowCnn(1).weights.length);
    expect((await changedBy(1)).sort()).toEqual(all.filter((name) => !name.startsWith('lflb1')).sort());
  });

  test('are as many as the model has before its head', () => {
    expect(() => freeze(narrowCnn(1), 4)).toThrow(new RangeError('freeze: cnn has 3 blocks before its head, not 4'));
    const report = cnn.build({ shape: [1, 60, 216], labels: 8, seed: 1 }, cnn.defaults);
    freeze(report, 4);
    const trained = report.layers.filter(({ trainable, weights }) => trainable && weights.length > 0);
    expect(trained.map(({ name }) => name)).toEqual(['dense', 'dense_norm', 'probabilities']);
  });

  test('normalise by their moving statistics while training', () => {
    const model = narrowCnn(1);
    freeze(model, 'all-but-head');
    const norm = model.getLayer('dense_norm');
    const x = data.features[0].slice(0, 32);
    const input = () => tf.tensor2d(x, [2, 16]);
    const training = norm.apply(input(), { training: true }) as tf.Tensor;
    const inference = norm.apply(input(), { training: false }) as tf.Tensor;
    expect(training.dataSync()).toEqual(inference.dataSync());
  });
});

describe("another model's weights", () => {
  let source: LayersModel;
  beforeEach(() => {
    source = narrowCnn(7);
  });
  const values = (model: LayersModel) => new FlatWeights(model.weights).values();

  test('are put into a model whole, where the labels are the same', async () => {
    const model = narrowCnn(1);
    copyWeights(model, await artifactsOf(source), true);
    expect(await values(model)).toEqual(await values(source));
  });

  test('leave a new head its initial weights, by its own seed', async () => {
    const options = { ...cnn.defaults, filters: [8, 8], pools: [2, 2], dropouts: [0, 0], denseUnits: 16 };
    const wider = () => cnn.build({ shape: [1, 6, 8], labels: 5, seed: 3 }, options);
    const model = wider();
    copyWeights(model, await artifactsOf(source), false);
    for (const { name, weights } of model.layers)
      for (const [i, weight] of weights.entries()) {
        const from = name === 'probabilities' ? wider() : source;
        expect(weight.read().dataSync()).toEqual(from.getLayer(name).weights[i].read().dataSync());
      }
  });

  test('that do not fit are an error that names the weight and both shapes', async () => {
    const model = cnn.build(
      { shape: [1, 6, 8], labels: 3, seed: 1 },
      { ...cnn.defaults, filters: [8, 4], pools: [2, 2], dropouts: [0, 0], denseUnits: 16 },
    );
    const artifacts = await artifactsOf(source);
    expect(() => copyWeights(model, artifacts, true)).toThrow(
      new Error('lflb2_conv/kernel: is of shape 3 × 3 × 8 × 8 in the saved weights, 3 × 3 × 8 × 4 in cnn'),
    );
  });
});
