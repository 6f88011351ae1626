import { describe, expect, test } from '@jest/globals';
import { converters } from '../../onnx/converters/index.js';
import { exported, randomInputs, randomiseWeights, runOnnx, runTfjs } from './exported.js';
import { layerCases } from './layer-cases.js';

/** Largest gap seen over all cases: 1.2e-6, in an LSTM with selu. */
const layerTolerance = { absolute: 2e-6 };

test('every class in the registry has a case', () => {
  expect(new Set(layerCases.map(({ layer }) => layer))).toEqual(new Set(Object.keys(converters)));
});

describe('a layer computes in onnxruntime what it computes in tfjs', () => {
  test.each(layerCases)('$layer: $title', async ({ layer, title, build }) => {
    const model = build();
    randomiseWeights(model, `${layer} ${title}`);
    const bytes = await exported(model);
    for (const batch of [1, 3]) {
      const inputs = randomInputs(model, batch, `${layer} ${title} ${batch}`);
      const expected = runTfjs(model, inputs);
      const actual = await runOnnx(bytes, inputs);
      expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
      actual.forEach(({ values }, i) => {
        expect(values).toBeAllClose(expected[i].values, layerTolerance);
      });
    }
  });
});
