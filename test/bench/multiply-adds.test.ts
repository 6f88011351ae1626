import { beforeAll, describe, expect, test } from '@jest/globals';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { multiplyAdds, trainingGflop } from '../../bench/multiply-adds.js';
import { networks } from '../../bench/networks.js';
import { stockNetworks } from '../../bench/stock.js';
import { openBackend } from '../../pipeline/training/backends/index.js';

beforeAll(async () => {
  await openBackend('wasm');
});

/** The convolutions of the report's four blocks on 60 × 216: places × kernel. */
const blocks =
  60 * 216 * (3 * 3 * 1 * 64) + // pooled by 2
  30 * 108 * (3 * 3 * 64 * 64) + // by 4
  8 * 27 * (3 * 3 * 64 * 128) + // by 4
  2 * 7 * (3 * 3 * 128 * 128);

describe('multiply-adds', () => {
  test('of a strided convolution: its kernel at each place of the output', () => {
    const conv = layers.conv2d({ inputShape: [9, 8, 3], filters: 5, kernelSize: [3, 2], strides: 2, padding: 'valid' });
    expect(multiplyAdds(sequential({ layers: [conv] }))).toBe(4 * 4 * (3 * 2 * 3 * 5));
  });

  test('of a dense layer: its kernel at each step; biases and activations are left out', () => {
    const dense = layers.dense({ inputShape: [7, 10], units: 4, activation: 'relu' });
    expect(multiplyAdds(sequential({ layers: [dense, layers.batchNormalization()] }))).toBe(7 * 10 * 4);
  });

  test('of recurrent layers: both kernels at each step, whatever is returned', () => {
    const lstm = layers.lstm({ inputShape: [6, 3], units: 5, recurrentInitializer: 'glorotUniform' });
    expect(multiplyAdds(sequential({ layers: [lstm] }))).toBe(6 * 4 * (3 * 5 + 5 * 5));
    const gru = layers.gru({
      inputShape: [6, 3],
      units: 5,
      returnSequences: true,
      recurrentInitializer: 'glorotUniform',
    });
    expect(multiplyAdds(sequential({ layers: [gru] }))).toBe(6 * 3 * (3 * 5 + 5 * 5));
  });

  test('of the networks that are measured', () => {
    expect(multiplyAdds(stockNetworks.cnn())).toBe(blocks + 256 * 64 + 64 * 8);
    expect(multiplyAdds(stockNetworks['cnn-lstm']())).toBe(2 * (blocks + 4 * (256 * 256 + 256 * 256)) + 256 * 8);
  });

  test('a training step is three ways of two operations a multiply-add', () => {
    const dense = layers.dense({ inputShape: [10], units: 4 });
    expect(trainingGflop(sequential({ layers: [dense] })) * 1e9).toBeCloseTo(3 * 2 * 10 * 4, 6);
  });
});

test.each(Object.keys(networks))('stock %s has the parameters that all must have', (name) => {
  const network = stockNetworks[name]();
  expect(network.countParams()).toBe(networks[name].parameters);
  const [, ...shape] = network.inputs[0].shape;
  const [chunks, bands, frames] = networks[name].shape;
  expect(shape).toEqual(chunks === 1 ? [bands, frames, 1] : [chunks, bands, frames, 1]);
});
