import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import * as tl from '@tensorflow/tfjs-layers';
import { architectureNamed } from '../../models/index.js';
import { layerNames, type OutputSource, type ToOnnxOptions, toOnnx } from '../../onnx/index.js';
import { atTemperature } from '../../pipeline/training/calibration.js';
import { attentionModel, withAttention } from './attention.js';
import { decoded, operatorCounts } from './decoded.js';
import { artifactsOf, exported, randomInputs, randomiseWeights, runOnnx, runTfjs } from './exported.js';

const { layers } = tl;

/** Largest gap seen: 1.2e-7. */
const tolerance = { absolute: 1e-6 };

const outputsOf = (bytes: Uint8Array) => decoded(bytes).graph!.output.map(({ name }) => name);

describe('inner layers as outputs', () => {
  const outputs = (chunks: number) => ({
    probabilities: 'probabilities',
    attention: { layer: 'attention', shape: [chunks] },
  });

  test.each([1, 2, 3])('attention over %i chunks beside the probabilities, without its last axis', async (chunks) => {
    const model = attentionModel([chunks, 3, 4]);
    randomiseWeights(model, 'attention');
    const bytes = await exported(model, { outputs: outputs(chunks) });
    expect(outputsOf(bytes)).toEqual(['probabilities', 'attention']);
    for (const batch of [1, 3]) {
      const inputs = randomInputs(model, batch, `attention ${batch}`);
      const [probabilities, weights] = runTfjs(withAttention(model), inputs);
      const actual = await runOnnx(bytes, inputs);
      expect(actual.map(({ shape }) => shape)).toEqual([
        [batch, 3],
        [batch, chunks],
      ]);
      expect(actual[0].values).toBeAllClose(probabilities.values, tolerance);
      expect(actual[1].values).toBeAllClose(weights.values, tolerance);
    }
  });

  test('the context is a product of matrices, and nothing of it is computed twice', async () => {
    const counts = operatorCounts(await exported(attentionModel([2, 3, 4]), { outputs: outputs(2) }));
    expect(counts).toMatchObject({ LSTM: 1, Softmax: 2, MatMul: 2, Squeeze: 1 });
  });

  test('any layer with its own axes, channels last, in any order and under two names', async () => {
    const input = tl.input({ shape: [5, 6, 2], name: 'x' });
    const conv = layers.conv2d({ filters: 3, kernelSize: 3, name: 'conv' }).apply(input);
    const normal = layers.batchNormalization({ name: 'norm' }).apply(conv);
    const pooled = layers.globalAveragePooling2d({ name: 'pool' }).apply(normal) as tl.SymbolicTensor;
    const model = tl.model({ inputs: input, outputs: pooled, name: 'inner' });
    randomiseWeights(model, 'inner');
    const bytes = await exported(model, {
      outputs: { pool: 'norm', conv: 'pool', plain: 'conv', again: 'conv', y: 'x' },
    });
    expect(outputsOf(bytes)).toEqual(['pool', 'conv', 'plain', 'again', 'y']);
    const inner = (name: string) => model.getLayer(name).output as tl.SymbolicTensor;
    const inputs = randomInputs(model, 2, 'inner');
    const all = tl.model({ inputs: input, outputs: ['norm', 'pool', 'conv'].map(inner) });
    const [norm, pool, plain] = runTfjs(all, inputs);
    const given = { shape: inputs[0].shape, values: inputs[0].dataSync<'float32'>() };
    const actual = await runOnnx(bytes, inputs);
    [norm, pool, plain, plain, given].forEach(({ shape, values }, i) => {
      expect(actual[i].shape).toEqual(shape);
      expect(actual[i].values).toBeAllClose(values, tolerance);
    });
  });

  test('what a softmax is taken of, of layers that end in one', async () => {
    const model = attentionModel([2, 3, 4]);
    randomiseWeights(model, 'attention');
    const bytes = await exported(model, { outputs: { logits: { layer: 'probabilities', beforeSoftmax: true } } });
    expect(operatorCounts(bytes)).toMatchObject({ Softmax: 1 }); // the attention's
    const inputs = randomInputs(model, 2, 'logits');
    const [{ values: probabilities }] = runTfjs(model, inputs);
    const [{ values: logits }] = await runOnnx(bytes, inputs);
    const powers = logits.map(Math.exp);
    const sums = [powers.subarray(0, 3), powers.subarray(3)].map((row) => row.reduce((a, b) => a + b));
    expect(powers.map((power, i) => power / sums[Math.floor(i / 3)])).toBeAllClose(probabilities, tolerance);
    await expect(exported(model, { outputs: { y: { layer: 'scores', beforeSoftmax: true } } })).rejects.toThrow(
      new TypeError('layer "scores" does not end in a softmax, so it has no logits: give its output itself'),
    );
  });

  test.each(['fp32', 'fp16', 'int8'] as const)(
    'at a temperature: softmax(logits / T) and logits / T, beside the attention, %s',
    async (precision) => {
      const temperature = 2.5;
      const model = attentionModel([2, 3, 4]);
      randomiseWeights(model, 'attention');
      const inputs = randomInputs(model, 3, 'temperature');
      const at = async (source: OutputSource): Promise<Float32Array> => {
        const [{ values }] = await runOnnx(await exported(model, { outputs: { y: source }, precision }), inputs);
        return values;
      };
      const layer = 'probabilities';
      const logits = await at({ layer, beforeSoftmax: true });
      // float16 rounds after the division, float32 and int8 compute it alike; gaps seen: 1.2e-7 and 2.4e-4.
      const close = precision === 'fp16' ? { absolute: 2e-3 } : tolerance;
      expect(await at({ layer, beforeSoftmax: true, temperature })).toBeAllClose(
        logits.map((z) => z / temperature),
        close,
      );
      expect(await at({ layer, temperature })).toBeAllClose(atTemperature(await at(layer), temperature, 3), close);
      const counts = operatorCounts(await exported(model, { outputs: outputs(2) }));
      const own = { probabilities: { layer, temperature: 1 }, attention: outputs(2).attention };
      expect(operatorCounts(await exported(model, { outputs: own }))).toEqual(counts);
      expect(
        operatorCounts(await exported(model, { outputs: { ...own, probabilities: { layer, temperature } } })),
      ).toEqual({ ...counts, Mul: (counts.Mul ?? 0) + 1 });
    },
  );

  test('no temperature of what is no softmax, and none that is not above 0', async () => {
    const model = attentionModel([2, 3, 4]);
    await expect(exported(model, { outputs: { y: { layer: 'scores', temperature: 2 } } })).rejects.toThrow(
      'layer "scores" does not end in a softmax',
    );
    for (const temperature of [0, -1, Number.NaN, Infinity])
      await expect(exported(model, { outputs: { y: { layer: 'probabilities', temperature } } })).rejects.toThrow(
        new RangeError(`temperature ${temperature} of layer "probabilities" is not supported (supported: above 0)`),
      );
  });

  test('what lies behind the outputs is not in the file', async () => {
    const bytes = await exported(attentionModel([2, 3, 4]), { outputs: { scores: 'scores' } });
    expect(operatorCounts(bytes)).not.toHaveProperty('Softmax');
    expect(decoded(bytes).graph!.initializer.map(({ name }) => name)).not.toContain('probabilities/kernel');
  });

  test('a layer that is not there, one that is called twice, a shape that does not fit', async () => {
    const artifacts = await artifactsOf(attentionModel([2, 3, 4]));
    const names = 'features, flat, lstm, scores, flat_scores, softmax, attention, sum, context, probabilities';
    expect(layerNames(artifacts)).toEqual({ all: names.split(', '), outputs: ['probabilities'] });
    expect(() => toOnnx(artifacts, { outputs: { attention: 'atention' } })).toThrow(
      new RangeError(`the model has no layer "atention" to give as an output (there are: ${names})`),
    );
    expect(() => toOnnx(artifacts, { outputs: outputs(3) })).toThrow(
      new RangeError('layer "attention" gives batch × 2 × 1, which is not batch × 3'),
    );
    const input = tl.input({ shape: [4] });
    const shared = layers.dense({ units: 4, name: 'shared' });
    const twice = shared.apply(shared.apply(input)) as tl.SymbolicTensor;
    await expect(exported(tl.model({ inputs: input, outputs: twice }), { outputs: { y: 'shared' } })).rejects.toThrow(
      'layer "shared" is called 2 times: which output is meant?',
    );
  });
});

test('outputNames name all outputs in their order', async () => {
  const model = withAttention(attentionModel([2, 3, 4]));
  expect(outputsOf(await exported(model))).toEqual(['probabilities', 'attention']);
  expect(outputsOf(await exported(model, { outputNames: ['attention', 'p'] }))).toEqual(['attention', 'p']);
});

describe('the bytes of a file, which nobody should find changed without knowing why', () => {
  const named: ToOnnxOptions = {
    name: 'x',
    inputName: 'features',
    outputNames: ['probabilities'],
    metadata: { a: '1' },
  };

  test.each([
    ['cnn', 1, {}, '5b59228ef9fc7120a97252f21ad53a410d20ece2d75a0b6dc237a46e87772b61'],
    ['cnn', 1, named, '707028cdb6c7a46d1c1d23fc3dcfeddcd867bd9d30b42c032d66cfdc755327d1'],
    ['cnn-lstm', 2, {}, 'e7d77532c90cc83c72e467fb4a718a4bf3ab20bd2190cd88eadb7a0a4453f64a'],
    ['cnn-lstm', 2, named, 'd6e82cd0631b1e18d2aee2e03201b60c74fc29f0eb9222b569c6e58966a1d06a'],
  ])('%s, %i chunks, %j', async (name, chunks, options, digest) => {
    const { build, defaults } = architectureNamed(name);
    const model = build({ shape: [chunks, 60, 216], labels: 8, seed: 1 }, defaults);
    randomiseWeights(model, 'bytes');
    expect(
      createHash('sha256')
        .update(await exported(model, options))
        .digest('hex'),
    ).toBe(digest);
  });
});
