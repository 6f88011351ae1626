import { describe, expect, test } from '@jest/globals';
import * as tl from '@tensorflow/tfjs-layers';
import { toOnnx } from '../../onnx/index.js';
import { decoded, operatorCounts } from './decoded.js';
import { exported } from './exported.js';
import { expectParity } from './parity.js';

const { layers } = tl;
type Symbolic = tl.SymbolicTensor;

/** Largest gap seen: 4.8e-7. */
const tolerance = { absolute: 2e-6 };

/** Two inputs, two outputs: what comes from both, and from the first alone. */
function twoByTwo(): tl.LayersModel {
  const inputs = [tl.input({ shape: [3] }), tl.input({ shape: [2] })];
  const both = layers.concatenate().apply(inputs);
  const first = layers.dense({ units: 3, activation: 'tanh' }).apply(both) as Symbolic;
  const second = layers.dense({ units: 2, activation: 'relu' }).apply(inputs[0]) as Symbolic;
  return tl.model({ inputs, outputs: [first, second] });
}

describe('models inside models', () => {
  test('of several inputs and outputs, called again with what they gave', async () => {
    const inputs = [tl.input({ shape: [3] }), tl.input({ shape: [2] })];
    const inner = twoByTwo();
    const once = inner.apply(inputs) as Symbolic[];
    const twice = inner.apply(once) as Symbolic[];
    const bytes = await expectParity(tl.model({ inputs, outputs: [twice[1], once[0], twice[0]] }), tolerance);
    expect(decoded(bytes).graph!.initializer.length).toBe(4); // one copy of the weights
  });

  test('that give one of their inputs, inside a model that does', async () => {
    const inner = () => {
      const input = tl.input({ shape: [3] });
      return tl.model({ inputs: input, outputs: [input, layers.dense({ units: 2 }).apply(input) as Symbolic] });
    };
    const input = tl.input({ shape: [3] });
    const [same, dense] = inner().apply(input) as Symbolic[];
    await expectParity(tl.model({ inputs: input, outputs: [same, dense, input] }), tolerance);
  });

  test('in chains, three deep, distributed', async () => {
    const chain = (inputShape: number[], ...list: tl.layers.Layer[]) =>
      tl.sequential({ layers: [layers.inputLayer({ inputShape }), ...list] });
    const deepest = chain([4, 2], layers.conv1d({ filters: 3, kernelSize: 2 }), layers.flatten());
    const middle = chain([4, 2], deepest, layers.dense({ units: 3 }));
    const outer = chain(
      [5, 4, 2],
      layers.timeDistributed({ layer: middle }),
      layers.simpleRNN({ units: 2, recurrentInitializer: 'zeros' }),
    );
    await expectParity(outer, tolerance);
  });
});

describe('sizes', () => {
  test('a fixed batch stays fixed in the file', async () => {
    const input = tl.input({ batchShape: [2, 3] });
    const model = tl.model({ inputs: input, outputs: layers.dense({ units: 2 }).apply(input) as Symbolic });
    const bytes = await expectParity(model, tolerance, [2]);
    const [{ type }] = decoded(bytes).graph!.input;
    const dims = type!.value.case === 'tensorType' ? type!.value.value.shape!.dim.map(({ value }) => value.value) : [];
    expect(dims).toEqual([2n, 3n]);
  });

  test('height and width are unknown through a network, to its end and to a global pool', async () => {
    const input = tl.input({ shape: [null, null, 2] });
    const x = [
      layers.conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
      layers.zeroPadding2d({ padding: 1 }),
      layers.depthwiseConv2d({ kernelSize: 2 }),
      layers.maxPooling2d({ poolSize: 2, strides: 1, padding: 'same' }),
      layers.upSampling2d({ size: [2, 2] }),
      layers.cropping2D({ cropping: [1, 1] as never }),
      layers.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 2 }),
    ].reduce((value, layer) => layer.apply(value) as Symbolic, input);
    const pooled = layers.globalAveragePooling2d({}).apply(x) as Symbolic;
    await expectParity(tl.model({ inputs: input, outputs: [x, pooled] }), tolerance);
  });

  test('several are unknown under TimeDistributed, once and twice', async () => {
    const images = tl.input({ shape: [null, null, null, 2] });
    const conv = layers.timeDistributed({ layer: layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same' }) });
    await expectParity(tl.model({ inputs: images, outputs: conv.apply(images) as Symbolic }), tolerance);
    const dense = layers.timeDistributed({
      layer: layers.timeDistributed({ layer: layers.dense({ units: 3, activation: 'relu' }) }),
    });
    const vectors = tl.input({ shape: [null, null, 2] });
    await expectParity(tl.model({ inputs: vectors, outputs: dense.apply(vectors) as Symbolic }), tolerance);
  });
});

test('whole numbers come in and are computed with as such, beside others', async () => {
  const whole = tl.input({ shape: [4], dtype: 'int32' });
  const other = tl.input({ shape: [3] });
  const both = layers.concatenate().apply([layers.reshape({ targetShape: [4] }).apply(whole) as Symbolic, other]);
  const dense = layers.dense({ units: 2 }).apply(both) as Symbolic;
  await expectParity(tl.model({ inputs: [whole, other], outputs: dense }), tolerance);
});

test('many steps with hard sigmoid are one operator, not thousands of nodes', async () => {
  const rnn = (steps: number) =>
    tl.sequential({ layers: [layers.lstm({ units: 2, recurrentInitializer: 'zeros', inputShape: [steps, 1] })] });
  expect(operatorCounts(await exported(rnn(257)))).toMatchObject({ LSTM: 1 });
  expect(operatorCounts(await exported(rnn(16)))).not.toHaveProperty('LSTM');
});

test('windows that tfjs moves, over three axes, are refused', () => {
  const pool = layers.maxPooling3d({ name: 'p', poolSize: 1, strides: 2, padding: 'same', inputShape: [4, 4, 4, 1] });
  expect(() => toOnnx(tl.sequential({ layers: [pool] }))).toThrow(
    'layer "p" (MaxPooling3D): padding same with strides [2,2,2] beyond the window [1,1,1] over [4,4,4] is not supported',
  );
});
