import { describe, expect, test } from '@jest/globals';
import { toOnnx } from '../../../onnx/index.js';
import { factorOf } from '../../../onnx/operations/resize.js';
import { testCases } from './expect-case.js';
import { imageCases, rotation } from './image-cases.js';
import { artifactsOfCase, fed, ints, runFile, runGraphModel, text, valuesOf, weight } from './op-case.js';

describe('images', () => testCases(imageCases));

test('a projection of each image of a batch, which tfjs on the cpu makes of the first alone', async () => {
  const attributes = { interpolation: text('BILINEAR'), fill_mode: text('CONSTANT') };
  const operands = (batch: number) => [
    fed([batch, 5, 4, 2]),
    weight([1, 8], 'float32', rotation),
    ints([5, 4]),
    weight([], 'float32', [0]),
  ];
  const opCase = (batch: number) =>
    artifactsOfCase({ op: 'ImageProjectiveTransformV3', title: '', operands: operands(batch), attributes });
  const values = valuesOf(operands(2)[0], [2, 5, 4, 2], 'images') as number[];
  const bytes = toOnnx(opCase(2));
  const [both] = await runFile(bytes, { in0: { type: 'float32', shape: [2, 5, 4, 2], values } });
  for (const i of [0, 1]) {
    const image = { type: 'float32' as const, shape: [1, 5, 4, 2], values: values.slice(40 * i, 40 * (i + 1)) };
    const [one] = await runGraphModel(opCase(1), { in0: image }, ['y:0']);
    const actual = Float32Array.from(both.values.slice(40 * i, 40 * (i + 1)) as number[]);
    expect(actual).toBeAllClose(Float32Array.from(one.values as number[]), { absolute: 5e-5 });
  }
});

test('a factor gives the size in 32 bits and in 64, for all sizes to 300', () => {
  const sizes = Array.from({ length: 300 }, (_, i) => i + 1);
  const wrong = sizes.flatMap((size) =>
    sizes.filter((wanted) => {
      const factor = Math.fround(factorOf(size, wanted)!);
      return Math.floor(size * factor) !== wanted || Math.floor(Math.fround(size * factor)) !== wanted;
    }),
  );
  expect(wrong).toEqual([]);
});
