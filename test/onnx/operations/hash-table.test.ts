import { describe, expect, test } from '@jest/globals';
import { toOnnx } from '../../../onnx/index.js';
import { messageOf } from '../../support/message-of.js';
import { describeWith } from '../../support/needs.js';
import { expectAccepted, expectGraph } from './expect-graph.js';
import { artifactsOf, type GraphCase, type Weight } from './graph-case.js';
import { type DataType, type Feeds, node, type } from './op-case.js';

const keysOf: Record<string, Weight> = {
  string: { type: 'string', shape: [3], values: ['angry', 'sad', 'übel'] },
  int32: { type: 'int32', shape: [3], values: [7, -2, 2 ** 30] },
  float32: { type: 'float32', shape: [3], values: [0.5, -1, 3] },
};
const valuesOf: Record<string, Weight> = {
  string: { type: 'string', shape: [3], values: ['a', 'b', ''] },
  int32: { type: 'int32', shape: [3], values: [1, -5, 2 ** 24 + 1] },
  float32: { type: 'float32', shape: [3], values: [0.25, -1.5, 7] },
};
const defaults: Record<string, Weight> = {
  string: { type: 'string', shape: [], values: ['unknown'] },
  int32: { type: 'int32', shape: [], values: [-1] },
  float32: { type: 'float32', shape: [], values: [0.125] },
};
const asked: Record<string, (number | string)[]> = {
  string: ['sad', 'glad', 'übel', 'angry'],
  int32: [7, 8, 2 ** 30, -2],
  float32: [0.5, 0, 3, -1],
};

const table = (keys: string, values: string) =>
  node('table', 'HashTableV2', [], { key_dtype: type(keys as DataType), value_dtype: type(values as DataType) });

const lookup = (keys: string, values: string, fed = false): GraphCase => ({
  title: `${keys} → ${values}${fed ? ', the default computed' : ''}`,
  inputs: {
    x: { type: keys as DataType, shape: [null] },
    ...(fed && { d: { type: values as DataType, shape: [] } }),
  },
  weights: { keys: keysOf[keys], values: valuesOf[values], default: defaults[values] },
  initializer: [table(keys, values), node('import', 'LookupTableImportV2', ['table', 'keys', 'values'])],
  nodes: [
    table(keys, values),
    node('y', 'LookupTableFindV2', ['table', 'x', fed ? 'd' : 'default']),
    node('size', 'LookupTableSizeV2', ['table']),
  ],
  outputs: ['y', 'size'],
  feeds: [asked[keys], asked[keys].slice(0, 1)].map(
    (values_): Feeds => ({
      x: { type: keys as DataType, shape: [values_.length], values: values_ },
      ...(fed && { d: { type: values as DataType, shape: [], values: defaults[values].values } }),
    }),
  ),
});

const kinds = [
  ['string', 'int32'],
  ['string', 'float32'],
  ['string', 'string'],
  ['int32', 'string'],
  ['int32', 'int32'],
  ['int32', 'float32'],
  ['float32', 'string'],
  ['float32', 'float32'],
  ['float32', 'int32'],
];

const cases: GraphCase[] = [
  ...kinds.map(([keys, values]) => lookup(keys, values)),
  ...[kinds[0], kinds[3], kinds[4]].map(([keys, values]) => lookup(keys, values, true)),
  {
    ...lookup('string', 'int32'),
    title: 'keys of two axes, given in one, as in tfjs; a key that is there twice',
    inputs: { x: { type: 'string', shape: [null, 2] } },
    weights: {
      keys: { type: 'string', shape: [3], values: ['angry', 'sad', 'angry'] },
      values: valuesOf.int32,
      default: defaults.int32,
    },
    feeds: [{ x: { type: 'string', shape: [2, 2], values: asked.string } }],
  },
  {
    ...lookup('int32', 'string'),
    title: 'the first version of the operations',
    initializer: [
      node('table', 'HashTable', [], { key_dtype: type('int32'), value_dtype: type('string') }),
      node('import', 'InitializeTable', ['table', 'keys', 'values']),
    ],
    nodes: [
      node('table', 'HashTable', [], { key_dtype: type('int32'), value_dtype: type('string') }),
      node('y', 'LookupTableFind', ['table', 'x', 'default']),
      node('size', 'LookupTableSize', ['table']),
    ],
  },
];

describe('tables', () => {
  test.each(cases.map((each) => [each.title, each] as const))('%s', async (_title, each) => {
    await expectGraph(each);
  });

  test('a table that nothing fills is refused by name', async () => {
    const empty = artifactsOf({ ...cases[0], initializer: undefined });
    expect(await messageOf((async () => toOnnx(empty))())).toMatch(/^node "y" \(LookupTableFindV2\): a table that/);
  });
});

describeWith('python-onnx', 'the reference implementation of ONNX', () => {
  test('accepts the files', () => expectAccepted(cases.map((each) => toOnnx(artifactsOf(each)))));
});
