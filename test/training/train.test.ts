import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { openBackend } from '../../pipeline/training/backends/index.js';
import { type BatchSource, batchesInMemory } from '../../pipeline/training/batches/batch-source.js';
import { readNewestCheckpoint } from '../../pipeline/training/checkpoint.js';
import { FlatWeights } from '../../pipeline/training/flat-weights.js';
import { score } from '../../pipeline/training/metrics.js';
import { predictDataset } from '../../pipeline/training/predict.js';
import type { EpochMetrics } from '../../pipeline/training/progress.js';
import { type StepProgress, type TrainingOptions, train } from '../../pipeline/training/train.js';
import { describeWith } from '../support/needs.js';
import { narrowCnn, stripes } from './toy.js';

const learning = { epochs: 8, learningRate: 0.01 } satisfies TrainingOptions;
const known = stripes(97, 'known');
const few = stripes(49, 'few');
const unknown = stripes(60, 'unknown');
const batches = (data = known, seed = 5) => batchesInMemory(data, { batchSize: 16, seed });

/** SHA-256 of all weights of a model. */
async function hashOf(model: LayersModel): Promise<string> {
  return createHash('sha256')
    .update(await new FlatWeights(model.weights).values())
    .digest('hex');
}

/** What a run is apart from how long it took. */
const withoutTimes = (history: EpochMetrics[]) =>
  history.map(({ seconds: _, waitedSeconds: __, memory: ___, ...metrics }) => metrics);

/** What training is on any backend: bound to each below. */
function contract() {
  test('learns what can be told apart, and is tested on examples it never saw', async () => {
    const { history } = await train(narrowCnn(1), batches(few), unknown, learning);
    expect(history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const [first, last] = [history[0], history[history.length - 1]];
    expect(last.loss).toBeLessThan(first.loss / 2);
    expect(last.watched.uar).toBeGreaterThan(0.95);
    expect(last.watched.uar).toBeGreaterThan(first.watched.uar!);
  });

  test('numbers that stop being finite are an error that says what to try', async () => {
    const spoilt = { ...known, features: known.features.map((values) => values.map(() => Number.NaN)) };
    // On wasm the loss stays finite and the weights do not.
    const message =
      /^the ((loss|gradient) became NaN in epoch 1, batch \d|weights became NaN or infinite in epoch 1); there is no checkpoint yet; try a lower learningRate$/;
    await expect(train(narrowCnn(1), batches(spoilt), unknown, learning)).rejects.toThrow(message);
    const steep = { ...learning, learningRate: 1e39 };
    await expect(train(narrowCnn(1), batches(few), unknown, steep)).rejects.toThrow(message);
  });

  test('a seed gives the same figures and weights twice, to the bit, another seed others', async () => {
    const short = { ...learning, epochs: 2 };
    const run = async (seed: number, order: number) => {
      const model = narrowCnn(seed);
      const { history } = await train(model, batches(few, order), unknown, short);
      return { figures: withoutTimes(history), weights: await hashOf(model) };
    };
    const first = await run(1, 5);
    expect(await run(1, 5)).toEqual(first);
    expect(await run(1, 6)).not.toEqual(first);
    expect(await run(2, 5)).not.toEqual(first);
  });

  test('stopped in the middle of an epoch and resumed, it ends as one never stopped, to the bit', async () => {
    const options = {
      ...learning,
      epochs: 3,
      ema: 0.9,
      weightDecay: 0.01,
      clipNorm: 2,
      schedule: 'one-cycle',
    } as const;
    const whole = narrowCnn(1);
    const expected = await train(whole, batches(few), unknown, options);

    const checkpointFolder = await mkdtemp(join(tmpdir(), 'serkit-train-'));
    let steps = 0;
    const stop = new AbortController();
    const stopped = train(narrowCnn(1), batches(few), unknown, {
      ...options,
      checkpointFolder,
      signal: stop.signal,
      onStep: () => {
        if (++steps === 5) stop.abort(); // the second of the second epoch's three
      },
    });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    const { name, checkpoint } = await readNewestCheckpoint(checkpointFolder);
    expect(name).toBe('epoch-0001-step-0002.safetensors');
    const model = narrowCnn(1);
    const resumed = await train(model, batches(few), unknown, { ...options, resume: checkpoint });
    await rm(checkpointFolder, { recursive: true });
    expect(withoutTimes(resumed.history)).toEqual(withoutTimes(expected.history));
    expect(resumed.keptEpoch).toBe(expected.keptEpoch);
    expect(await hashOf(model)).toBe(await hashOf(whole));
  });
}

describe('training on cpu', () => {
  beforeAll(async () => {
    await openBackend('cpu');
  });

  contract();
});

describe('training on wasm', () => {
  beforeAll(async () => {
    await openBackend('wasm');
  });

  contract();

  describe('ends early', () => {
    const worsening = (epochs: number, patience?: number) =>
      train(narrowCnn(1), batches(), unknown, { ...learning, epochs, patience, learningRate: 1e-12 });

    test('by patience: so many epochs after the best', async () => {
      // At such a rate nothing but the moving averages changes, and with them the UAR, until they have settled.
      const { history, keptEpoch, endedBy } = await worsening(40, 3);
      expect(endedBy).toBe('patience');
      expect(history).toHaveLength(keptEpoch + 3);
      const uars = history.map(({ watched }) => watched.uar!);
      expect(uars[keptEpoch - 1]).toBe(Math.max(...uars));
      expect(uars.indexOf(uars[keptEpoch - 1])).toBe(keptEpoch - 1); // the first of equals
    });

    test('not without it', async () => {
      expect(await worsening(7)).toMatchObject({ endedBy: 'epochs', history: { length: 7 } });
    });
  });

  test('leaves the kept epoch in the model: the best, or the last where that is asked', async () => {
    for (const keep of ['best', 'last'] as const) {
      const model = narrowCnn(1);
      const { history, keptEpoch } = await train(model, batches(), unknown, { ...learning, epochs: 4, keep });
      if (keep === 'last') expect(keptEpoch).toBe(4);
      const { uar, loss } = score(await predictDataset(model, unknown), unknown.truth, unknown.labels);
      expect(history[keptEpoch - 1].watched).toMatchObject({ uar, loss });
    }
  });

  test('with averaged weights they are watched and kept', async () => {
    const model = narrowCnn(1);
    const { history, keptEpoch } = await train(model, batches(), unknown, { ...learning, epochs: 4, ema: 0.95 });
    const plain = await train(narrowCnn(1), batches(), unknown, { ...learning, epochs: 4 });
    expect(history.map(({ loss }) => loss)).toEqual(plain.history.map(({ loss }) => loss));
    expect(history.map(({ watched }) => watched)).not.toEqual(plain.history.map(({ watched }) => watched));
    const { loss } = score(await predictDataset(model, unknown), unknown.truth, unknown.labels);
    expect(history[keptEpoch - 1].watched.loss).toBe(loss);
  });

  test('notes the learning rate of each epoch, gradients, waiting and memory', async () => {
    const { history } = await train(narrowCnn(1), batches(), unknown, { ...learning, epochs: 3, schedule: 'cosine' });
    const lastUpdate = [5, 11, 17]; // of 18
    expect(history.map(({ learningRate }) => learningRate)).toBeAllClose(
      lastUpdate.map((update) => 0.005 * (1 + Math.cos((Math.PI * update) / 18))),
      { relative: 1e-12 },
    );
    for (const { gradientNorm, seconds, waitedSeconds, memory } of history) {
      expect(gradientNorm).toBeGreaterThan(0);
      expect(waitedSeconds).toBeGreaterThan(0);
      expect(waitedSeconds).toBeLessThan(seconds);
      expect(memory.tensors).toBe(history[0].memory.tensors);
      expect(memory.rssBytes).toBeGreaterThan(memory.heapBytes);
    }
  });

  test('class weights move the loss towards rare labels', async () => {
    // Nothing tells these apart, so that what is answered is what is weighed most.
    const same = { ...known, features: known.features.map((values) => values.map(() => 0)) };
    const truth = known.truth.map((label, i) => (i % 10 === 0 ? label : 0));
    const model = async (classWeights?: number[]) => {
      const net = narrowCnn(1);
      await train(net, batches({ ...same, truth }), { ...same, truth }, { ...learning, classWeights, keep: 'last' });
      return (await predictDataset(net, same)).slice(0, 3);
    };
    const [low, , high] = await model();
    const [lowWeighed, , highWeighed] = await model([0, 0, 1]);
    expect(low).toBeGreaterThan(high);
    expect(highWeighed).toBeGreaterThan(lowWeighed);
  });

  test('a leak of tensors is an error that names the epoch and the counts', async () => {
    const model = narrowCnn(1);
    const layer = model.getLayer('lflb1_elu');
    const call = layer.call.bind(layer);
    layer.call = (inputs, kwargs) => {
      if (kwargs.training) tf.keep(tf.scalar(1));
      return call(inputs, kwargs);
    };
    await expect(train(model, batches(), unknown, learning)).rejects.toThrow(
      /^tensors leak: (\d+) after epoch 2, (\d+) before; there is no checkpoint yet$/,
    );
  });

  describe('a loss that becomes NaN', () => {
    let checkpointFolder: string;
    beforeEach(async () => {
      checkpointFolder = await mkdtemp(join(tmpdir(), 'serkit-train-'));
    });
    afterEach(() => rm(checkpointFolder, { recursive: true }));

    test('names the epoch, the batch and the last good checkpoint, from which it goes on', async () => {
      const sound = batches();
      const spoilt: BatchSource = {
        ...sound,
        async *epoch(epoch, firstStep = 1) {
          let step = firstStep;
          for await (const batch of sound.epoch(epoch, firstStep)) {
            if (epoch === 3 && step++ === 4) batch.targets.fill(Number.NaN);
            yield batch;
          }
        },
      };
      const options = { ...learning, epochs: 4, checkpointFolder };
      await expect(train(narrowCnn(1), spoilt, unknown, options)).rejects.toThrow(
        new Error(
          `the loss became NaN in epoch 3, batch 4; the last good checkpoint is epoch 2 in ${checkpointFolder}; try a lower learningRate`,
        ),
      );
      const { checkpoint: resume } = await readNewestCheckpoint(checkpointFolder);
      const model = narrowCnn(1);
      const resumed = await train(model, sound, unknown, { ...options, resume });
      const expected = await train(narrowCnn(1), sound, unknown, { ...options, checkpointFolder: undefined });
      expect(withoutTimes(resumed.history)).toEqual(withoutTimes(expected.history));
    });
  });

  test('a checkpoint of another model or other data is refused', async () => {
    const checkpointFolder = await mkdtemp(join(tmpdir(), 'serkit-train-'));
    await train(narrowCnn(1), batches(), unknown, { ...learning, epochs: 1, checkpointFolder });
    const { checkpoint: resume } = await readNewestCheckpoint(checkpointFolder);
    await rm(checkpointFolder, { recursive: true });
    const fewer = batches(stripes(60, 'fewer'));
    await expect(train(narrowCnn(1), fewer, unknown, { ...learning, resume })).rejects.toThrow(
      /^the checkpoint is of 1371 weights and 6 steps an epoch, not of 1371 and 4: the model or the data are not those/,
    );
  });

  test('is told each step and epoch; a single example left over is no batch', async () => {
    const steps: StepProgress[] = [];
    const epochs: number[] = [];
    // 97 examples in batches of 16: six, and one example that batch normalisation could not learn from.
    await train(narrowCnn(1), batches(), unknown, {
      ...learning,
      epochs: 2,
      onStep: (progress) => steps.push(progress),
      onEpoch: ({ epoch }) => void epochs.push(epoch),
    });
    expect(steps.map(({ epoch, step }) => `${epoch}.${step}`).join(' ')).toBe(
      '1.1 1.2 1.3 1.4 1.5 1.6 2.1 2.2 2.3 2.4 2.5 2.6',
    );
    expect(steps.every(({ steps: count }) => count === 6)).toBe(true);
    expect(epochs).toEqual([1, 2]);
  });

  test("an epoch's loss is the mean of its steps", async () => {
    const losses: number[] = [];
    const {
      history: [epoch],
    } = await train(narrowCnn(1), batches(), unknown, {
      ...learning,
      epochs: 1,
      onStep: ({ loss }) => losses.push(loss),
    });
    expect(epoch.loss).toBeCloseTo(losses.reduce((a, b) => a + b) / losses.length, 10);
  });

  test('begins no epoch that could not be ended in its minutes', async () => {
    const { history } = await train(narrowCnn(1), batches(), unknown, { ...learning, epochs: 50, maxMinutes: 1e-9 });
    expect(history).toHaveLength(1);
  });

  test('ends at once when its signal asks, and leaves no tensors behind', async () => {
    const stop = new AbortController();
    let steps = 0;
    const model = narrowCnn(1);
    await train(model, batches(), unknown, { ...learning, epochs: 1 });
    const before = tf.memory().numTensors;
    const run = train(model, batches(), unknown, {
      ...learning,
      signal: stop.signal,
      onStep: () => {
        if (++steps === 3) stop.abort();
      },
    });
    await expect(run).rejects.toMatchObject({ name: 'AbortError' });
    expect(steps).toBe(3);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('the last, smaller batch of a prediction is in its place', async () => {
    const model = narrowCnn(1);
    const whole = await predictDataset(model, unknown, 60);
    expect(whole).toHaveLength(60 * 3);
    // Measured 6e-8: another batch size may sum in another order.
    expect(await predictDataset(model, unknown, 16)).toBeAllClose(whole, { absolute: 1e-6 });
  });
});

// A new backend: three lines as these.
describeWith('tensorflow', 'training on TensorFlow', () => {
  beforeAll(async () => {
    await openBackend('tensorflow');
  });

  contract();
});

describeWith('webgpu', 'training on WebGPU', () => {
  beforeAll(async () => {
    await openBackend('webgpu');
  });

  contract();
});
