import { describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import * as tl from '@tensorflow/tfjs-layers';
import { converters } from '../../onnx/converters/index.js';
import { refusals } from '../../onnx/converters/refusals.js';
import { exported, randomInputs, randomiseWeights, runOnnx, runTfjs } from './exported.js';
import { layerCases } from './layer-cases.js';

/** Largest gap seen over all cases: 1.2e-6, in an LSTM with selu. */
const layerTolerance = { absolute: 2e-6 };

test('every class in the registry has a case', () => {
  expect(new Set(layerCases.map(({ layer }) => layer))).toEqual(new Set(Object.keys(converters)));
});

test('every class that tfjs-layers registers has a converter or a reason for having none', () => {
  const registered = Object.entries(tf.serialization.SerializationMap.getMap().classNameMap)
    .filter(([, [layerClass]]) => layerClass.prototype instanceof tl.layers.Layer)
    .map(([name]) => name)
    .filter((name) => !['InputLayer', 'Model', 'Functional', 'Sequential'].includes(name)); // the parser's
  expect(registered.length).toBe(65);
  for (const name of registered) expect([name, name in converters, name in refusals].filter(Boolean)).toHaveLength(2);
  expect(Object.keys(converters).filter((name) => !registered.includes(name))).toEqual([]);
});

describe('a layer computes in onnxruntime what it computes in tfjs', () => {
  test.each(layerCases)('$layer: $title', async ({ layer, title, build, fill }) => {
    const model = build();
    randomiseWeights(model, `${layer} ${title}`);
    const bytes = await exported(model);
    for (const batch of [1, 3]) {
      const inputs = randomInputs(model, batch, `${layer} ${title} ${batch}`, fill);
      const expected = runTfjs(model, inputs);
      const actual = await runOnnx(bytes, inputs);
      expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
      actual.forEach(({ values }, i) => {
        expect(values).toBeAllClose(expected[i].values, layerTolerance);
      });
    }
  });
});
