import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import * as tl from '@tensorflow/tfjs-layers';
import { cnnLstm } from '../../models/cnn-lstm.js';
import type { TypeProto } from '../../onnx/proto/onnx_pb.js';
import { openBackend } from '../../pipeline/training/backends/index.js';
import { reportCnn, reportCnnLstm } from './cnn.js';
import { decoded, operatorCounts, operators } from './decoded.js';
import { exported, randomInputs, randomiseWeights, runOnnx, runTfjs } from './exported.js';

const { layers } = tl;

/** Largest |Δp| seen: 7.2e-7. */
const probabilityTolerance = { absolute: 1e-5 };

/** Largest gap seen: 4.8e-7. */
const graphTolerance = { absolute: 2e-6 };

async function expectParity(
  model: tl.LayersModel,
  tolerance: { absolute: number },
  batches = [1, 3],
): Promise<Uint8Array> {
  randomiseWeights(model, model.name);
  const bytes = await exported(model);
  for (const batch of batches) {
    const inputs = randomInputs(model, batch, `${model.name} ${batch}`);
    const expected = runTfjs(model, inputs);
    const actual = await runOnnx(bytes, inputs);
    expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
    actual.forEach(({ values }, i) => {
      expect(values).toBeAllClose(expected[i].values, tolerance);
    });
  }
  return bytes;
}

/** The declared sizes of a value: names are symbolic. */
const sizes = (type?: TypeProto): unknown[] =>
  type?.value.case === 'tensorType' ? type.value.value.shape!.dim.map(({ value }) => value.value) : [];

describe("the report's CNN", () => {
  test('has the same probabilities in onnxruntime, and a chain of nodes without a transpose', async () => {
    const model = reportCnn();
    expect(model.countParams()).toBe(277_768);
    const bytes = await expectParity(model, probabilityTolerance, [1, 2]);
    const block = ['Conv', 'Elu', 'MaxPool'];
    expect(operators(bytes)).toEqual([
      'Reshape', // one channel: (batch, 60, 216, 1) and (batch, 1, 60, 216) are the same numbers
      ...[block, block, block, block].flat(),
      'Flatten',
      'Gemm',
      'Relu',
      'Gemm',
      'Softmax',
    ]);
  });

  test('is named and shaped for whoever opens the file', async () => {
    const bytes = await exported(reportCnn(), {
      name: 'emotions',
      inputName: 'features',
      outputName: 'probabilities',
      producerVersion: '1.2.3',
      metadata: { b: '2', a: '1' },
    });
    const model = decoded(bytes);
    expect(model.irVersion).toBe(8n);
    expect(model.opsetImport.map(({ domain, version }) => [domain, version])).toEqual([['', 17n]]);
    expect([model.producerName, model.producerVersion]).toEqual(['serkit', '1.2.3']);
    expect(model.metadataProps.map(({ key, value }) => [key, value])).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
    const graph = model.graph!;
    expect(graph.name).toBe('emotions');
    expect(graph.input.map(({ name }) => name)).toEqual(['features']);
    expect(graph.output.map(({ name }) => name)).toEqual(['probabilities']);
    expect(graph.node.map(({ name }) => name)).toContain('conv1/Conv');
    expect(graph.initializer.map(({ name }) => name)).toContain('conv1/kernel');
    expect(graph.valueInfo).toHaveLength(graph.node.length - 1); // all but the output
    const names = [...graph.valueInfo, ...graph.input, ...graph.output, ...graph.initializer].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("the report's CNN + LSTM", () => {
  // In plain JavaScript the four blocks over two chunks take a minute. wasm's own kernels fail tfjs's test mode.
  beforeAll(async () => {
    tf.env().set('IS_TEST', false);
    await openBackend('wasm');
  });
  afterAll(async () => {
    tf.env().set('IS_TEST', true);
    await tf.setBackend('cpu');
  });

  test('has the same probabilities in onnxruntime; the chunks are folded into the batch once', async () => {
    const model = reportCnnLstm();
    const bytes = await expectParity(model, probabilityTolerance, [1, 2]);
    const block = ['Conv', 'MaxPool', 'Elu'];
    expect(operators(bytes)).toEqual([
      'Reshape', // (batch, 2, 60, 216, 1) → (2 · batch, 1, 60, 216)
      ...[block, block, block, block].flat(),
      'Transpose', // the last block's channels behind its bands and frames
      'Reshape', // → (batch, 2, features)
      'Transpose', // → (2, batch, features)
      'LSTM',
      'Squeeze',
      'Gemm',
      'Softmax',
    ]);
    const { input, output } = decoded(bytes).graph!;
    expect([...input, ...output].map(({ type }) => sizes(type))).toEqual([
      ['batch', 2n, 60n, 216n, 1n],
      ['batch', 8n],
    ]);
  });

  test('one chunk comes without an axis of its own', async () => {
    const build = () =>
      cnnLstm.build(
        { shape: [1, 12, 20], labels: 3, seed: 1 },
        { ...cnnLstm.defaults, filters: [4], pools: [4], dropouts: [0.3], lstmUnits: 8 },
      );
    const bytes = await expectParity(build(), probabilityTolerance);
    expect(sizes(decoded(bytes).graph!.input[0].type)).toEqual(['batch', 12n, 20n, 1n]);
  });
});

describe('recurrent layers', () => {
  const lstm = (returnSequences: boolean, recurrentActivation: 'sigmoid' | 'hardSigmoid' = 'sigmoid') =>
    layers.lstm({ units: 3, returnSequences, recurrentActivation, recurrentInitializer: 'zeros' });

  test('stacked ones keep time in front between them', async () => {
    const stacked = tl.sequential({ name: 'stacked' });
    stacked.add(layers.inputLayer({ inputShape: [4, 2] }));
    for (const returnSequences of [true, true, false]) stacked.add(lstm(returnSequences));
    const bytes = await expectParity(stacked, graphTolerance);
    expect(operatorCounts(bytes)).toEqual({ Transpose: 1, LSTM: 3, Squeeze: 3 });
  });

  test('hard sigmoid is written out, as onnxruntime has none in an LSTM on WebGPU', async () => {
    const model = tl.sequential({
      name: 'hard',
      layers: [layers.inputLayer({ inputShape: [3, 2] }), lstm(false, 'hardSigmoid')],
    });
    const counts = operatorCounts(await expectParity(model, graphTolerance));
    expect(counts).not.toHaveProperty('LSTM');
    expect(counts).toMatchObject({ HardSigmoid: 8 }); // 3 gates a step; the first forgets nothing
  });

  test('one whose state feeds another: an encoder and a decoder', async () => {
    const [source, target] = [tl.input({ shape: [4, 2] }), tl.input({ shape: [3, 5] })];
    const gru = (returnState: boolean) =>
      layers.gru({
        units: 3,
        returnState,
        returnSequences: !returnState,
        recurrentActivation: 'sigmoid',
        recurrentInitializer: 'zeros',
      });
    const [, state] = gru(true).apply(source) as tl.SymbolicTensor[];
    const decoded = gru(false).apply([target, state]) as tl.SymbolicTensor;
    await expectParity(tl.model({ inputs: [source, target], outputs: decoded, name: 'seq2seq' }), graphTolerance);
  });
});

describe('graphs of layers', () => {
  const conv = (name: string, filters: number) => layers.conv2d({ name, filters, kernelSize: 3, padding: 'same' });
  const call = (layer: tl.layers.Layer, ...inputs: tl.SymbolicTensor[]) =>
    layer.apply(inputs.length === 1 ? inputs[0] : inputs) as tl.SymbolicTensor;

  test('a residual block keeps channels first throughout', async () => {
    const input = tl.input({ shape: [8, 9, 3] });
    const stem = call(conv('stem', 4), input);
    const body = call(layers.batchNormalization(), call(conv('body', 4), call(layers.reLU(), stem)));
    const sum = call(layers.reLU(), call(layers.add({}), stem, body));
    const both = call(layers.concatenate({}), sum, stem);
    const pooled = call(layers.globalAveragePooling2d({}), both);
    const bytes = await expectParity(tl.model({ inputs: input, outputs: pooled, name: 'residual' }), graphTolerance);
    expect(operatorCounts(bytes)).toMatchObject({ Transpose: 1, Conv: 2 });
    expect(operatorCounts(bytes)).not.toHaveProperty('BatchNormalization');
  });

  test('channels-first values meet a channels-last one, and are outputs', async () => {
    const input = tl.input({ shape: [5, 6, 2] });
    const a = call(conv('a', 2), input);
    const sum = call(layers.add({}), a, input);
    const padded = call(
      layers.zeroPadding2d({
        padding: [
          [1, 0],
          [2, 3],
        ],
      }),
      a,
    );
    const softmax = call(layers.softmax({ axis: -1 }), padded);
    await expectParity(tl.model({ inputs: input, outputs: [sum, softmax, a], name: 'mixed' }), graphTolerance);
  });

  test('a slope for each channel follows its channels', async () => {
    const input = tl.input({ shape: [5, 6, 2] });
    const bent = call(layers.prelu({ sharedAxes: [1, 2] }), call(conv('a', 3), input));
    const bytes = await expectParity(
      tl.model({ inputs: input, outputs: call(conv('b', 2), bent), name: 'slopes' }),
      graphTolerance,
    );
    expect(operatorCounts(bytes)).toMatchObject({ Transpose: 2, PRelu: 1 });
  });

  test('batch normalisation after an activation stays, and one whose input is read twice', async () => {
    const input = tl.input({ shape: [5, 6, 2] });
    const a = call(conv('a', 3), input);
    const normalised = call(layers.batchNormalization({ name: 'twice' }), a);
    const sum = call(layers.multiply({}), a, normalised);
    const active = call(layers.conv2d({ filters: 2, kernelSize: 1, activation: 'tanh', name: 'b' }), sum);
    const output = call(layers.batchNormalization({ name: 'after' }), active);
    const bytes = await expectParity(tl.model({ inputs: input, outputs: output, name: 'kept' }), graphTolerance);
    expect(operatorCounts(bytes)).toMatchObject({ BatchNormalization: 2, Transpose: 2 });
  });

  test('an activation between Flatten and Dense does not stop the rows from moving', async () => {
    const input = tl.input({ shape: [4, 5, 2] });
    const flat = call(layers.elu(), call(layers.flatten(), call(conv('a', 3), input)));
    const dense = call(layers.dense({ units: 4 }), flat);
    const bytes = await expectParity(tl.model({ inputs: input, outputs: dense, name: 'rows' }), graphTolerance);
    expect(operatorCounts(bytes)).toMatchObject({ Transpose: 1 }); // at the input alone
  });

  test('a Flatten that two layers read keeps tfjs’s order', async () => {
    const input = tl.input({ shape: [4, 5, 2] });
    const flat = call(layers.flatten(), call(conv('a', 3), input));
    const outputs = [call(layers.dense({ units: 4 }), flat), flat];
    await expectParity(tl.model({ inputs: input, outputs, name: 'order' }), graphTolerance);
  });

  test('a shared layer and a model used twice hold one copy of their weights', async () => {
    const inner = tl.sequential({ name: 'inner' });
    inner.add(layers.dense({ name: 'shared', units: 3, inputShape: [4] }));
    inner.add(layers.reLU());
    const [a, b] = [tl.input({ shape: [4] }), tl.input({ shape: [4] })];
    const outputs = call(
      layers.concatenate({}),
      inner.apply(a) as tl.SymbolicTensor,
      inner.apply(b) as tl.SymbolicTensor,
    );
    const bytes = await expectParity(tl.model({ inputs: [a, b], outputs, name: 'siamese' }), graphTolerance);
    expect(decoded(bytes).graph!.initializer.map(({ name }) => name)).toEqual(['shared/kernel', 'shared/bias']);
  });

  test('an output that is an input, and one that is there twice', async () => {
    const input = tl.input({ shape: [4] });
    const dense = call(layers.dense({ units: 2 }), input);
    const dropped = call(layers.dropout({ rate: 0.5 }), input);
    const again = call(layers.dropout({ rate: 0.5 }), dense);
    await expectParity(tl.model({ inputs: input, outputs: [dropped, dense, again], name: 'ends' }), graphTolerance);
  });

  test('an inner axis of batch normalisation, by Keras’s formula', async () => {
    const input = tl.input({ shape: [3, 4] });
    const model = tl.model({ inputs: input, outputs: call(layers.batchNormalization({ axis: 1 }), input) });
    randomiseWeights(model, 'inner axis');
    const [gamma, beta, mean, variance] = model.getWeights().map((weight) => weight.dataSync<'float32'>());
    const [x] = randomInputs(model, 2, 'inner axis');
    const expected = x.dataSync<'float32'>().map((value, i) => {
      const channel = Math.floor(i / 4) % 3;
      return ((value - mean[channel]) / Math.sqrt(variance[channel] + 1e-3)) * gamma[channel] + beta[channel];
    });
    const [actual] = await runOnnx(await exported(model), [x]);
    expect(actual.values).toBeAllClose(expected, graphTolerance);
  });
});
