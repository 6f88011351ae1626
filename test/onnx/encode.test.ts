import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { encode } from '../../onnx/encode.js';
import { describeWith } from '../support/needs.js';
import { fromRoot } from '../support/paths.js';
import { reportCnn } from './cnn.js';
import { attributes, everyKind, tensors } from './every-kind.js';
import { exported, randomiseWeights } from './exported.js';
import { described } from './onnx-proto-description.js';

const metadata = { 'b\u0001': 'größe\n感情', a: '' };
const bytes = (): Uint8Array =>
  encode(everyKind(), { opset: 16, name: 'all "kinds"', producerVersion: '1.2.3-β', metadata });

type Described = {
  graph: {
    nodes: [string, string, string, string[], string[], Record<string, [string, unknown]>][];
    initializers: { name: string; type: number; dims: number[]; data: string[] }[];
    inputs: unknown[];
    outputs: unknown[];
  };
};

describe("what npm's onnx-proto reads", () => {
  const model = described(bytes()) as Described;
  const { graph } = model;

  test('is the model, its versions and metadata', () => {
    expect(model).toMatchObject({
      ir: 8,
      opsets: [
        ['', 16],
        ['ai.onnx.ml', 2],
      ],
      producer: ['serkit', '1.2.3-β'],
      metadata: [
        ['a', ''],
        ['b\u0001', 'größe\n感情'],
      ],
      graph: { name: 'all "kinds"' },
    });
  });

  test('is each node, and each kind of attribute', () => {
    expect(graph.nodes.map(([op, domain, name]) => [op, domain, name])).toEqual([
      ['All', '', 'layer/😀'],
      ['If', '', 'If'],
      ['SequenceConstruct', '', 'sequence'],
      ['LabelEncoder', 'ai.onnx.ml', 'ml'],
    ]);
    const [, , , inputs, , found] = graph.nodes[0];
    expect(inputs).toEqual(['größe\u0007', ...Object.keys(tensors)]);
    expect(Object.keys(found)).toEqual(Object.keys(attributes));
    expect(found).toMatchObject({
      int: ['INT', ['-5']],
      largest: ['INT', ['9007199254740991']],
      float: ['FLOAT', ['cdcccc3d']],
      text: ['STRING', ['tab\t"quote" 感情']],
      'empty text': ['STRING', ['']],
      ints: ['INTS', ['1', '-2', '1099511627776']],
      'no ints': ['INTS', []],
      floats: ['FLOATS', ['0000003f', 'cdccccbd']],
      'no floats': ['FLOATS', []],
      texts: ['STRINGS', ['', 'b']],
      tensor: ['TENSOR', { type: 7, dims: [2], data: ['3', '4'] }],
    });
    expect(graph.nodes[1][5].then_branch).toMatchObject(['GRAPH', { name: 'then_branch', initializers: [] }]);
  });

  test('is each initializer, of each element type', () => {
    const found = Object.fromEntries(graph.initializers.map(({ name, ...rest }) => [name, rest]));
    expect(Object.keys(found)).toEqual([...Object.keys(tensors), 'inner']);
    expect(found).toMatchObject({
      'float32/odd': { type: 1, dims: [2, 3], data: ['0000008001000000ffff7f7fcdcccc3d0000807f0000c07f'] },
      float16: { type: 10, dims: [2], data: ['003c00fc'] },
      int8: { type: 3, dims: [2], data: ['-128', '127'] },
      uint8: { type: 2, dims: [1, 2], data: ['0', '255'] },
      int32: { type: 6, dims: [2], data: ['-2147483648', '2147483647'] },
      int64: { type: 7, dims: [3], data: ['-9223372036854775808', '9223372036854775807', '9007199254740993'] },
      bool: { type: 9, dims: [2], data: ['0', '1'] },
      'text\u0001\n': { type: 8, dims: [4], data: ['', 'a\u0000b\n', 'größe 感情 😀', ' '] },
      scalar: { type: 1, dims: [], data: ['0000e040'] },
      'no elements': { type: 1, dims: [0, 3], data: [''] },
      'no texts': { type: 8, dims: [0], data: [] },
      'a part of a buffer': { type: 1, dims: [2], data: ['0000004000004040'] },
    });
  });

  test('is each value: symbolic sizes, sequences, scalars', () => {
    expect(graph.inputs).toEqual([
      ['größe\u0007', 'tensor_type', 1, ['batch', 3, 'an "odd" size']],
      ['condition', 'tensor_type', 9, []],
    ]);
    expect(graph.outputs).toEqual([
      ['sequence', 'sequence_type', 1, ['batch', 0]],
      ['ml', 'tensor_type', 7, [2]],
    ]);
  });
});

test('the same graph is the same bytes', () => {
  expect(Buffer.compare(bytes(), bytes())).toBe(0);
});

describeWith('python-onnx', "what Python's onnx reads", () => {
  test('is what onnx-proto reads: of every kind, and of a whole model', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'serkit-encode-'));
    try {
      const model = reportCnn();
      randomiseWeights(model, 'encode');
      for (const file of [bytes(), await exported(model)]) {
        const path = join(folder, 'model.onnx');
        writeFileSync(path, file);
        const script = fromRoot('test', 'onnx', 'describe_model.py');
        const options = { encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
        const report = execFileSync(process.env.SERKIT_PYTHON ?? 'python3', [script, path], options);
        expect(JSON.parse(report)).toEqual(JSON.parse(JSON.stringify(described(file))));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
