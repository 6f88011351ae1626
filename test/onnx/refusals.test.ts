import { describe, expect, test } from '@jest/globals';
import * as tl from '@tensorflow/tfjs-layers';
import { converters } from '../../onnx/converters/index.js';
import { toOnnx } from '../../onnx/index.js';
import { artifactsOf, exported } from './exported.js';

const { layers } = tl;
const sequential = (...list: tl.layers.Layer[]): tl.Sequential => tl.sequential({ layers: list });
const dense = () => sequential(layers.dense({ name: 'd', units: 2, inputShape: [3] }));

describe('what cannot be exported says so in one line', () => {
  test('a layer class, with why, or with all that can be', async () => {
    const artifacts = await artifactsOf(dense());
    const named = (name: string) => () =>
      toOnnx({
        ...artifacts,
        modelTopology: JSON.parse(JSON.stringify(artifacts.modelTopology).replace('"Dense"', `"${name}"`)),
      });
    expect(named('RandomWidth')).toThrow(
      new TypeError(
        'layer "d" (RandomWidth): this class cannot be exported: tfjs draws a new width at each call, at inference too: no file can give the same predictions; remove it for export',
      ),
    );
    expect(named('Mine')).toThrow(
      new TypeError(
        `layer "d" (Mine): this class is not known; give its converter (option converters), or use one of: ${Object.keys(converters).join(', ')}`,
      ),
    );
  });

  test('an option of a layer', async () => {
    const artifacts = await artifactsOf(
      sequential(layers.conv1d({ name: 'c', filters: 2, kernelSize: 2, inputShape: [5, 1] })),
    );
    const topology = JSON.stringify(artifacts.modelTopology).replace('"valid"', '"causal"');
    expect(() => toOnnx({ ...artifacts, modelTopology: JSON.parse(topology) })).toThrow(
      new TypeError('layer "c" (Conv1D): padding "causal" is not supported (supported: same, valid)'),
    );
  });

  describe('of recurrent layers and wrappers', () => {
    const gru = (options: object) =>
      layers.gru({ name: 'g', units: 2, inputShape: [3, 4], recurrentInitializer: 'zeros', ...options });

    test('a state that lives on between runs', async () => {
      await expect(exported(sequential(gru({ stateful: true, batchInputShape: [1, 3, 4] })))).rejects.toThrow(
        new TypeError(
          'layer "g" (GRU): stateful is not supported (supported: layers whose state begins at zero or comes as an input: a file keeps none)',
        ),
      );
    });

    test('reset_after, which tfjs lacks too', async () => {
      const artifacts = await artifactsOf(sequential(gru({})));
      const topology = JSON.stringify(artifacts.modelTopology).replace('"reset_after":false', '"reset_after":true');
      expect(() => toOnnx({ ...artifacts, modelTopology: JSON.parse(topology) })).toThrow(
        'layer "g" (GRU): reset_after is not supported',
      );
    });

    test('an activation that the operator lacks, where the steps cannot be written out', async () => {
      await expect(exported(sequential(gru({ activation: 'selu', inputShape: [null, 4] })))).rejects.toThrow(
        'layer "g" (GRU): activation selu over an unknown number of steps is not supported (supported: sigmoid, tanh, relu, elu, hardSigmoid, softplus, softsign)',
      );
    });

    test('a mask that tfjs garbles', async () => {
      const inputs = [tl.input({ shape: [3, 4] }), tl.input({ shape: [3, 4] })];
      const masked = inputs.map((input) => layers.masking().apply(input) as tl.SymbolicTensor);
      const sum = layers.add({ name: 'sum' }).apply(masked);
      await expect(exported(tl.model({ inputs, outputs: gru({}).apply(sum) as tl.SymbolicTensor }))).rejects.toThrow(
        'layer "g" (GRU): a mask (layer "sum" (Add): tfjs gives it an axis too many) is not supported',
      );
    });

    test('what is inside a wrapper', async () => {
      const both = layers.bidirectional({ name: 'both', layer: gru({}) as tl.RNN, mergeMode: 'sum' });
      const artifacts = await artifactsOf(sequential(layers.inputLayer({ inputShape: [3, 4] }), both));
      const topology = JSON.stringify(artifacts.modelTopology).replace('"class_name":"GRU"', '"class_name":"RNN"');
      expect(() => toOnnx({ ...artifacts, modelTopology: JSON.parse(topology) })).toThrow(
        'layer "both" (Bidirectional): RNN inside is not supported (supported: GRU, LSTM, SimpleRNN, ConvLSTM2D)',
      );
    });
  });

  test('a dot product along the batch, over four axes, of unequal lengths', async () => {
    const artifacts = async (axes: number, ...shapes: number[][]) => {
      const inputs = shapes.map((shape) => tl.input({ shape }));
      const outputs = layers.dot({ name: 'dot', axes }).apply(inputs) as tl.SymbolicTensor;
      return artifactsOf(tl.model({ inputs, outputs }));
    };
    const three = await artifacts(2, [3, 4], [5, 4]);
    const changed = (from: string, to: string) => () =>
      toOnnx({ ...three, modelTopology: JSON.parse(JSON.stringify(three.modelTopology).replace(from, to)) });
    expect(changed('"axes":2', '"axes":0')).toThrow('layer "dot" (Dot): axis 0, the batch is not supported');
    expect(changed('"axes":2', '"axes":3')).toThrow('layer "dot" (Dot): axis 3 is out of range');
    expect(changed('[null,3,4]', '[null,3,2,4]')).toThrow('layer "dot" (Dot): an input of 4 axes is not supported');
    expect(changed('[null,3,4]', '[null,3,7]')).toThrow(
      'layer "dot" (Dot): 7 elements along axis 2 meet 4 along axis 2',
    );
  });

  test('an unknown activation', async () => {
    const artifacts = await artifactsOf(dense());
    const topology = JSON.stringify(artifacts.modelTopology).replace('"linear"', '"snake"');
    expect(() => toOnnx({ ...artifacts, modelTopology: JSON.parse(topology) })).toThrow(
      /^layer "d" \(Dense\): activation "snake" is not supported \(supported: linear, relu, [^\n]*\)$/,
    );
  });

  test('weights that are missing, cut short, too long, badly quantised or of another type', async () => {
    const { modelTopology, weightSpecs = [], weightData } = await artifactsOf(dense());
    const bytes = weightData as ArrayBuffer;
    const withSpecs = (change: object) => () =>
      toOnnx({ modelTopology, weightData, weightSpecs: weightSpecs.map((spec) => ({ ...spec, ...change })) });
    expect(() => toOnnx({ modelTopology })).toThrow('layer "d" (Dense): weight "d/kernel" is missing');
    expect(() => toOnnx({ modelTopology, weightSpecs, weightData: bytes.slice(0, 20) })).toThrow(
      'weight "d/kernel" ends at byte 24, the data at byte 20',
    );
    expect(() => toOnnx({ modelTopology, weightSpecs, weightData: [bytes, bytes] })).toThrow(
      'weights are described up to byte 32, the data ends at byte 64',
    );
    expect(withSpecs({ quantization: { dtype: 'uint8' } })).toThrow(
      'weight "d/kernel" is quantised as uint8 without scale and min',
    );
    expect(withSpecs({ dtype: 'complex64' })).toThrow('type complex64 (supported: float32, int32, ');
  });

  test('a topology that is no model', () => {
    expect(() => toOnnx({})).toThrow(SyntaxError);
    expect(() => toOnnx({ modelTopology: { node: [] } })).toThrow('the graph holds no nodes');
    expect(() => toOnnx({ modelTopology: { class_name: 'Sequential', config: { layers: [] } } })).toThrow(
      'the topology holds a Sequential model without layers',
    );
  });

  test('options that cannot be met', async () => {
    const artifacts = await artifactsOf(dense());
    expect(() => toOnnx(artifacts, { opset: 23 })).toThrow('opset 23 is not supported (supported: 13 to 22)');
    expect(() => toOnnx(artifacts, { outputNames: ['d_input'] })).toThrow(
      'output name "d_input" is that of another value inside',
    );
    expect(() => toOnnx(artifacts, { inputName: 'd/Gemm' })).toThrow('input name "d/Gemm" is that of another value');
    expect(() => toOnnx(artifacts, { outputNames: ['a', 'b'] })).toThrow(
      'outputNames: 2 names are given for 1 outputs',
    );
    expect(() => toOnnx(artifacts, { outputNames: ['a'], outputs: { a: 'd' } })).toThrow(TypeError);
  });
});

describe('the same model in other clothes', () => {
  test('weights in several buffers and Keras’s model_config give the same file', async () => {
    const artifacts = await artifactsOf(dense());
    const bytes = artifacts.weightData as ArrayBuffer;
    const plain = toOnnx(artifacts);
    const dressed = toOnnx({
      ...artifacts,
      modelTopology: { model_config: artifacts.modelTopology },
      weightData: [bytes.slice(0, 8), bytes.slice(8)],
    });
    expect(Buffer.from(dressed).equals(Buffer.from(plain))).toBe(true);
  });

  test('Keras names a recurrent layer’s weights after its cell too', async () => {
    const artifacts = await artifactsOf(
      sequential(layers.lstm({ name: 'l', units: 2, inputShape: [3, 4], recurrentInitializer: 'zeros' })),
    );
    const weightSpecs = artifacts.weightSpecs!.map((spec) => ({
      ...spec,
      name: spec.name.replace('l/', 'l/lstm_cell_1/'),
    }));
    expect(weightSpecs[0].name).toBe('l/lstm_cell_1/kernel');
    expect(Buffer.from(toOnnx({ ...artifacts, weightSpecs })).equals(Buffer.from(toOnnx(artifacts)))).toBe(true);
  });
});
