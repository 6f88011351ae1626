import { describe, expect, test } from '@jest/globals';
import { toOnnx } from '../../../onnx/index.js';
import { testCases } from './expect-case.js';
import { artifactsOfCase, fed, runFile, text } from './op-case.js';
import { shapeCases } from './shape-cases.js';

describe('shapes', () => testCases(shapeCases));

test('DepthToSpace of NCHW, which tfjs has not on the cpu, as TensorFlow has it', async () => {
  const values = [1, 2, 3, 4, 5, 6, 7, 8]; // (1, 4, 1, 2)
  const attributes = { block_size: { i: '2' }, data_format: text('NCHW') };
  const bytes = toOnnx(artifactsOfCase({ op: 'DepthToSpace', title: '', operands: [fed([1, 4, 1, 2])], attributes }));
  const [y] = await runFile(bytes, { in0: { type: 'float32', shape: [1, 4, 1, 2], values } });
  expect(y).toEqual({ shape: [1, 1, 2, 4], values: [1, 3, 2, 4, 5, 7, 6, 8] });
});

test('what only running the model would tell is refused with what could be done', () => {
  const squeeze = artifactsOfCase({ op: 'Squeeze', title: '', operands: [fed([null, 1, 3])] });
  expect(() => toOnnx(squeeze)).toThrow(/node "y" \(Squeeze\): no axis .* give the shapes of the inputs/);
  const misfit = artifactsOfCase({
    op: 'EnsureShape',
    title: '',
    operands: [fed([2, 3])],
    attributes: { shape: { shape: { dim: [{ size: '-1' }, { size: '4' }] } } },
  });
  expect(() => toOnnx(misfit)).toThrow('node "y" (EnsureShape): sizes [2,3] are not the wanted [-1,4]');
});
