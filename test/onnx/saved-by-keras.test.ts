import { expect, test } from '@jest/globals';
import * as tl from '@tensorflow/tfjs-layers';
import { toOnnx } from '../../onnx/index.js';
import { artifactsOf, randomInputs, runOnnx, runTfjs } from './exported.js';

const { layers } = tl;

/** What Keras writes into a model.json that tfjs-layers itself would not. */

test('keepdims of a global pool: the same numbers, with the axes that TensorFlow.js drops', async () => {
  const model = tl.sequential({ layers: [layers.globalAveragePooling2d({ name: 'g', inputShape: [4, 5, 3] })] });
  const artifacts = await artifactsOf(model);
  const topology = JSON.stringify(artifacts.modelTopology).replace('"data_format"', '"keepdims":true,"data_format"');
  const [input] = randomInputs(model, 2, 'keepdims');
  const [actual] = await runOnnx(toOnnx({ ...artifacts, modelTopology: JSON.parse(topology) }), [input]);
  expect(actual.shape).toEqual([2, 1, 1, 3]);
  expect(actual.values).toBeAllClose(runTfjs(model, [input])[0].values, { absolute: 1e-6 });
});

test('an operation between layers, which TensorFlow.js cannot load, is refused by name', async () => {
  const input = tl.input({ shape: [3] });
  const model = tl.model({ inputs: input, outputs: layers.reLU({ name: 'r' }).apply(input) as tl.SymbolicTensor });
  const artifacts = await artifactsOf(model);
  const topology = JSON.parse(JSON.stringify(artifacts.modelTopology));
  const relu = topology.config.layers[1];
  relu.class_name = 'TFOpLambda';
  relu.inbound_nodes = [[topology.config.layers[0].name, 0, 0, { y: 3, name: null }]];
  expect(() => toOnnx({ ...artifacts, modelTopology: topology })).toThrow(
    /^layer "r" \(TFOpLambda\): an operation of TensorFlow between layers, .*supported: the same model as a graph model/,
  );
});
