import { describe, expect, test } from '@jest/globals';
import { toOnnx } from '../../../onnx/index.js';
import { describeWith } from '../../support/needs.js';
import { decoded } from '../decoded.js';
import { expectAccepted, expectGraph } from './expect-graph.js';
import { artifactsOf, type GraphCase, int } from './graph-case.js';
import { fed, node, valuesOf } from './op-case.js';

type Shape = readonly (number | null)[];

const feedsOf = (inputs: readonly string[], shape: Shape, batches: readonly number[]) =>
  batches.map((batch) =>
    Object.fromEntries(
      inputs.map((name) => {
        const sizes = shape.map((size) => size ?? batch);
        return [name, { type: 'float32' as const, shape: sizes, values: valuesOf(fed(shape), sizes, name) }];
      }),
    ),
  );

/** Largest gaps seen: 4.8e-7 below 13 samples; 1.0e-4 at 1024 and 2048, where terms are as large as 100. */
const closeTo = (shape: Shape): number => (Math.max(...shape.map(Number)) > 1000 ? 3e-4 : 3e-6);

const ofReal = (shape: Shape, batches: readonly number[] = [1, 3]): GraphCase => ({
  title: `RFFT of (${shape})`,
  inputs: { x: { type: 'float32', shape } },
  weights: { length: int(8) },
  nodes: [node('y', 'RFFT', ['x', 'length']), node('re', 'Real', ['y']), node('im', 'Imag', ['y'])],
  outputs: ['re', 'im'],
  feeds: feedsOf(['x'], shape, batches),
  absolute: closeTo(shape),
});

const ofComplex = (op: 'FFT' | 'IFFT' | 'IRFFT', shape: Shape, batches: readonly number[] = [1, 3]): GraphCase => ({
  title: `${op} of (${shape})`,
  inputs: { a: { type: 'float32', shape }, b: { type: 'float32', shape } },
  weights: { length: int(8) },
  nodes: [
    node('x', 'Complex', ['a', 'b']),
    node('y', op, ['x', ...(op === 'IRFFT' ? ['length'] : [])]),
    ...(op === 'IRFFT' ? [] : [node('re', 'Real', ['y']), node('im', 'Imag', ['y'])]),
  ],
  outputs: op === 'IRFFT' ? ['y'] : ['re', 'im'],
  feeds: feedsOf(['a', 'b'], shape, batches),
  absolute: closeTo(shape),
});

const short: GraphCase[] = [
  ...[[8], [null, 8], [null, 7], [2, null, 12], [null, 1]].map((shape) => ofReal(shape)),
  ...(['FFT', 'IFFT'] as const).flatMap((op) =>
    [[8], [null, 8], [2, null, 6], [null, 5]].map((shape) => ofComplex(op, shape)),
  ),
  ...[[5], [null, 5], [2, null, 4], [null, 1], [null, 2], [2, 2, null, 4]].map((shape) => ofComplex('IRFFT', shape)),
];

const long: GraphCase[] = [
  ofReal([null, 2048]),
  ofReal([2, null], [4, 16]),
  ofReal([null], [4, 16]),
  ofComplex('FFT', [null, 1024]),
  ofComplex('IFFT', [null], [4, 16]),
  ofComplex('IRFFT', [null, 1025], [1]),
  ofComplex('IRFFT', [2, null], [3, 9]),
  ofComplex('IRFFT', [null], [3, 9]),
  ofComplex('IRFFT', [2, 1, 3, null], [3, 9]),
];

const operatorsOf = (bytes: Uint8Array) => decoded(bytes).graph!.node.map(({ opType }) => opType);

describe('Fourier transforms', () => {
  test.each(short.map((each) => [each.title, each] as const))('%s: a product', async (_title, each) => {
    expect(operatorsOf(await expectGraph(each))).not.toContain('DFT');
  });

  test.each(long.map((each) => [each.title, each] as const))('%s: DFT', async (_title, each) => {
    expect(operatorsOf(await expectGraph(each))).toContain('DFT');
  });
});

describeWith('python-onnx', 'the reference implementation of ONNX', () => {
  test('accepts the files', () => expectAccepted([...short, ...long].map((each) => toOnnx(artifactsOf(each)))));
});
