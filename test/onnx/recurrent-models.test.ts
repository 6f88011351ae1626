import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import * as tl from '@tensorflow/tfjs-layers';
import { cnnLstm } from '../../models/cnn-lstm.js';
import type { TypeProto } from '../../onnx/proto/onnx_pb.js';
import { openBackend } from '../../pipeline/training/backends/index.js';
import { reportCnnLstm } from './cnn.js';
import { decoded, operatorCounts, operators } from './decoded.js';
import { expectParity } from './parity.js';

const { layers } = tl;

/** Largest |Δp| seen: 2.4e-7. */
const probabilityTolerance = { absolute: 1e-5 };

/** Largest gap seen: 2.4e-7. */
const graphTolerance = { absolute: 2e-6 };

/** The declared sizes of a value: names are symbolic. */
const sizes = (type?: TypeProto): unknown[] =>
  type?.value.case === 'tensorType' ? type.value.value.shape!.dim.map(({ value }) => value.value) : [];

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

  test('distributed layers over an unknown number of steps are folded and unfolded once', async () => {
    const model = tl.sequential({ name: 'distributed' });
    model.add(layers.inputLayer({ inputShape: [null, 4] }));
    for (const layer of [layers.dense({ units: 3 }), layers.dropout({ rate: 0.5 }), layers.dense({ units: 2 })])
      model.add(layers.timeDistributed({ layer }));
    const bytes = await expectParity(model, graphTolerance);
    expect(operatorCounts(bytes)).toEqual({ Reshape: 2, Gemm: 2, Shape: 1, Concat: 1 });
  });

  test('one called twice holds one copy of its weights', async () => {
    const shared = layers.lstm({
      name: 'shared',
      units: 3,
      recurrentActivation: 'sigmoid',
      recurrentInitializer: 'zeros',
    });
    const inputs = [tl.input({ shape: [4, 2] }), tl.input({ shape: [null, 2] })];
    const outputs = inputs.map((input) => shared.apply(input) as tl.SymbolicTensor);
    const bytes = await expectParity(tl.model({ inputs, outputs, name: 'twice' }), graphTolerance);
    const kept = decoded(bytes).graph!.initializer.map(({ name }) => name);
    expect(kept).toEqual(['shared/W', 'shared/R', 'shared/B', 'shared/axis0']);
  });

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
