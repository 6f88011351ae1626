import { beforeAll, describe, expect, test } from '@jest/globals';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { cnn } from '../../models/cnn.js';
import { openBackend } from '../../pipeline/training/backends/index.js';

const report = { shape: [1, 60, 216], labels: 8, seed: 1 } as const;

beforeAll(async () => {
  await openBackend('wasm');
});

describe('the 2D CNN of Table 4', () => {
  test('has 277,768 parameters, 896 of them the moving statistics', () => {
    const model = cnn.build(report, cnn.defaults);
    const count = (weights: LayersModel['weights']) =>
      weights.reduce((sum, { shape }) => sum + shape.reduce<number>((a, b) => a * (b ?? 1), 1), 0);
    expect(model.countParams()).toBe(277_768);
    expect(count(model.nonTrainableWeights)).toBe(2 * (64 + 64 + 128 + 128 + 64));
  });

  test("has Table 4's layers in order, pooling before the ELU that commutes with it", () => {
    const lines = cnn.build(report, cnn.defaults).layers.map((layer) => {
      const shape = (layer.outputShape as number[]).slice(1).join(' × ');
      const { rate, activation, kernelSize, strides, padding } = layer.getConfig();
      const details = [
        kernelSize && `kernel ${kernelSize}`,
        strides && `strides ${strides}`,
        padding,
        rate,
        activation,
      ].filter((detail) => detail && detail !== 'linear');
      return [layer.getClassName(), shape, ...details].join(' | ');
    });
    expect(lines).toEqual([
      'InputLayer | 60 × 216 × 1',
      'Conv2D | 60 × 216 × 64 | kernel 3,3 | strides 1,1 | same',
      'BatchNormalization | 60 × 216 × 64',
      'MaxPooling2D | 30 × 108 × 64 | strides 2,2 | same',
      'Activation | 30 × 108 × 64 | elu',
      'Dropout | 30 × 108 × 64 | 0.3',
      'Conv2D | 30 × 108 × 64 | kernel 3,3 | strides 1,1 | same',
      'BatchNormalization | 30 × 108 × 64',
      'MaxPooling2D | 8 × 27 × 64 | strides 4,4 | same',
      'Activation | 8 × 27 × 64 | elu',
      'Dropout | 8 × 27 × 64 | 0.3',
      'Conv2D | 8 × 27 × 128 | kernel 3,3 | strides 1,1 | same',
      'BatchNormalization | 8 × 27 × 128',
      'MaxPooling2D | 2 × 7 × 128 | strides 4,4 | same',
      'Activation | 2 × 7 × 128 | elu',
      'Dropout | 2 × 7 × 128 | 0.4',
      'Conv2D | 2 × 7 × 128 | kernel 3,3 | strides 1,1 | same',
      'BatchNormalization | 2 × 7 × 128',
      'MaxPooling2D | 1 × 2 × 128 | strides 4,4 | same',
      'Activation | 1 × 2 × 128 | elu',
      'Dropout | 1 × 2 × 128 | 0.4',
      'Flatten | 256',
      'Dense | 64',
      'Dropout | 64 | 0.5',
      'BatchNormalization | 64',
      'Activation | 64 | relu',
      'Dropout | 64 | 0.5',
      'Dense | 8 | softmax',
    ]);
  });

  test('refuses several chunks and options that do not fit together', () => {
    expect(() => cnn.build({ ...report, shape: [2, 60, 216] }, cnn.defaults)).toThrow(
      new RangeError('cnn: sees 1 chunk of a clip, not 2'),
    );
    expect(() => cnn.build(report, { ...cnn.defaults, pools: [2, 4] })).toThrow(RangeError);
  });
});
