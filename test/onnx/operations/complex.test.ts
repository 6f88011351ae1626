import { describe, expect, test } from '@jest/globals';
import { toOnnx } from '../../../onnx/index.js';
import { node, runFile, runGraphModel } from './op-case.js';

const placeholder = (name: string, ...sizes: number[]) =>
  node(name, 'Placeholder', [], {
    dtype: { type: 'DT_FLOAT' },
    shape: { shape: { dim: sizes.map((size) => ({ size: String(size) })) } },
  });

const parts = ['ar', 'ai', 'br', 'bi'];
const artifacts = (nodes: object[], outputs: string[]) => ({
  signature: { outputs: Object.fromEntries(outputs.map((name) => [name, { name: `${name}:0` }])) },
  modelTopology: { node: [...parts.map((name) => placeholder(name, 2, 3)), ...nodes], versions: { producer: 1 } },
  weightSpecs: [],
  weightData: [],
});

const a = node('a', 'Complex', ['ar', 'ai']);
const b = node('b', 'Complex', ['br', 'bi']);
const ends = [node('re', 'Real', ['z']), node('im', 'Imag', ['z']), node('abs', 'ComplexAbs', ['z'])];
const feeds = Object.fromEntries(
  parts.map((name, i) => [
    name,
    {
      type: 'float32' as const,
      shape: [2, 3],
      values: [1.5, -2, 0, 0.25, 3, -1].map((value) => Math.fround(value + i / 3)),
    },
  ]),
);

describe('complex numbers', () => {
  test.each([
    ['the number itself', [node('z', 'Identity', ['a'])]],
    ['sum', [node('z', 'AddV2', ['a', 'b'])]],
    ['difference', [node('z', 'Sub', ['a', 'b'])]],
    ['product', [node('z', 'Mul', ['a', 'b'])]],
  ])('%s', async (_title, nodes) => {
    const outputs = ['re', 'im', 'abs'];
    const model = artifacts([a, b, ...nodes, ...ends], outputs);
    const bytes = toOnnx(model);
    const actual = await runFile(bytes, feeds);
    const expected = await runGraphModel(model, feeds, outputs);
    expected.forEach(({ shape, values }, i) => {
      expect(actual[i].shape).toEqual(shape);
      expect(Float32Array.from(actual[i].values as number[])).toBeAllClose(Float32Array.from(values as number[]), {
        absolute: 1e-6,
      });
    });
  });

  test('are refused where an operation does not know them', () => {
    expect(() => toOnnx(artifacts([a, node('z', 'Sqrt', ['a'])], ['z']))).toThrow(
      /^node "z" \(Sqrt\): complex numbers are not supported here/,
    );
    expect(() => toOnnx(artifacts([node('z', 'Real', ['ar'])], ['z']))).toThrow(
      'node "z" (Real): a tensor that is not complex is not supported (supported: complex64)',
    );
    expect(() => toOnnx(artifacts([a], ['a']))).toThrow(
      'output "a" is complex, which onnxruntime has no operators for: give its Real and Imag instead',
    );
  });
});
