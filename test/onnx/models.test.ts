import { describe, expect, test } from '@jest/globals';
import * as tl from '@tensorflow/tfjs-layers';
import { reportCnn } from './cnn.js';
import { decoded, operatorCounts, operators } from './decoded.js';
import { exported, randomInputs, randomiseWeights, runOnnx } from './exported.js';
import { expectParity } from './parity.js';

const { layers } = tl;

/** Largest |Δp| seen: 7.2e-7. */
const probabilityTolerance = { absolute: 1e-5 };

/** Largest gap seen: 4.8e-7. */
const graphTolerance = { absolute: 2e-6 };

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
      outputNames: ['probabilities'],
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

  test('softmax along an inner axis, by its formula: tfjs stops at it', async () => {
    const input = tl.input({ shape: [3, 4] });
    const model = tl.model({ inputs: input, outputs: call(layers.softmax({ axis: 1 }), input) });
    const [x] = randomInputs(model, 2, 'inner softmax');
    const powers = x.dataSync<'float32'>().map(Math.exp);
    const expected = powers.map((power, i) => {
      const first = Math.floor(i / 12) * 12 + (i % 4);
      return power / (powers[first] + powers[first + 4] + powers[first + 8]);
    });
    const [actual] = await runOnnx(await exported(model), [x]);
    expect(actual.values).toBeAllClose(expected, graphTolerance);
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
