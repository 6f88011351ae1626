import { describe, expect, test } from '@jest/globals';
import { toOnnx } from '../../../onnx/index.js';
import { messageOf } from '../../support/message-of.js';
import { describeWith } from '../../support/needs.js';
import { decoded } from '../decoded.js';
import { expectAccepted, expectGraph } from './expect-graph.js';
import { artifactsOf, fedFloats, fedInt, type GraphCase, int, intVector, ofFunction } from './graph-case.js';
import { node, runFile, text, type } from './op-case.js';

const ofFloats = { element_dtype: type('float32') };
const loop = { cond: ofFunction('cond'), body: ofFunction('body') };
const x = { type: 'float32', shape: [null, 2] } as const;
const scalarInt = { type: 'int32', shape: [] } as const;
const rows = fedFloats([3, 2], [1, -2, 3, 4, 5, 6]);
const two = fedFloats([2, 2], [1, -2, 3, 4]);
const counting = {
  args: ['i', 'list', 'x', 'n'],
  nodes: [node('less', 'Less', ['i', 'n'])],
  returns: ['less:z:0'],
};
const numbers = { zero: int(0), one: int(1), minusOne: int(-1), pair: intVector(2), open: intVector(-1, 2) };

const inGraph: GraphCase[] = [
  {
    title: 'from a tensor: element, some, all, length',
    inputs: { x, i: scalarInt, at: { type: 'int32', shape: [null] } },
    weights: numbers,
    nodes: [
      node('list', 'TensorListFromTensor', ['x', 'pair'], ofFloats),
      node('item', 'TensorListGetItem', ['list', 'i', 'pair'], ofFloats),
      node('some', 'TensorListGather', ['list', 'at', 'pair'], ofFloats),
      node('all', 'TensorListStack', ['list', 'pair'], ofFloats),
      node('length', 'TensorListLength', ['list']),
    ],
    outputs: ['item', 'some', 'all', 'length'],
    feeds: [
      { x: rows, i: fedInt(2), at: { type: 'int32', shape: [2], values: [2, 0] } },
      { x: two, i: fedInt(0), at: { type: 'int32', shape: [3], values: [1, 0, 1] } },
    ],
  },
  ...([['open'], ['pair'], ['minusOne']] as const).map(
    ([shape]): GraphCase => ({
      title: `pushed on an empty list of element shape ${shape}, stacked, joined`,
      inputs: { x: shape === 'pair' ? { type: 'float32', shape: [2] } : x },
      weights: numbers,
      nodes: [
        node('empty', 'EmptyTensorList', [shape, 'minusOne'], ofFloats),
        node('first', 'TensorListPushBack', ['empty', 'x'], ofFloats),
        node('twice', 'AddV2', ['x', 'x']),
        node('second', 'TensorListPushBack', ['first', 'twice'], ofFloats),
        node('all', 'TensorListStack', ['second', shape], ofFloats),
        node('joined', 'TensorListConcatV2', ['second'], {
          ...ofFloats,
          element_shape: { shape: { dim: shape === 'pair' ? [{ size: '2' }] : [{ size: '-1' }, { size: '2' }] } },
        }),
        node('length', 'TensorListLength', ['second']),
      ],
      outputs: ['all', 'joined', 'length'],
      feeds: shape === 'pair' ? [{ x: fedFloats([2], [3, 4]) }] : [{ x: rows }, { x: two }],
    }),
  ),
  {
    title: 'set in any order, resized to less',
    inputs: { x: { type: 'float32', shape: [2] }, i: scalarInt, size: scalarInt },
    weights: { ...numbers, three: int(3) },
    nodes: [
      node('reserved', 'TensorListReserve', ['pair', 'three'], ofFloats),
      node('first', 'TensorListSetItem', ['reserved', 'one', 'x'], ofFloats),
      node('twice', 'AddV2', ['x', 'x']),
      node('second', 'TensorListSetItem', ['first', 'zero', 'twice'], ofFloats),
      node('thrice', 'AddV2', ['x', 'twice']),
      node('third', 'TensorListSetItem', ['second', 'i', 'thrice'], ofFloats),
      node('all', 'TensorListStack', ['third', 'pair'], ofFloats),
      node('shorter', 'TensorListResize', ['third', 'size']),
      node('some', 'TensorListStack', ['shorter', 'pair'], ofFloats),
    ],
    outputs: ['all', 'some'],
    feeds: [0, 1, 2].map((i) => ({ x: fedFloats([2], [3, 4]), i: fedInt(i), size: fedInt(i === 2 ? 3 : 1) })),
  },
  ...(['TensorListScatter', 'TensorListScatterV2'] as const).map(
    (op): GraphCase => ({
      title: `${op}: rows at indices`,
      inputs: { x, at: { type: 'int32', shape: [null] } },
      weights: { ...numbers, order: intVector(2, 0, 1) },
      nodes: [
        node('list', op, ['x', 'at', 'pair', ...(op.endsWith('V2') ? ['minusOne'] : [])], ofFloats),
        node('all', 'TensorListStack', ['list', 'pair'], ofFloats),
      ],
      outputs: ['all'],
      feeds: [{ x: rows, at: { type: 'int32', shape: [3], values: [2, 0, 1] } }],
    }),
  ),
  {
    title: 'split in rows',
    inputs: { x: { type: 'float32', shape: [3, 2] }, i: scalarInt },
    weights: { ...numbers, ones: intVector(1, 1, 1) },
    nodes: [
      node('list', 'TensorListSplit', ['x', 'minusOne', 'ones'], ofFloats),
      node('item', 'TensorListGetItem', ['list', 'i', 'pair'], ofFloats),
    ],
    outputs: ['item'],
    feeds: [{ x: rows, i: fedInt(1) }],
  },
];

const inLoop: GraphCase[] = [
  ...(['open', 'minusOne'] as const).map(
    (shape): GraphCase => ({
      title: `one element a turn, element shape ${shape}`,
      inputs: { n: scalarInt, x },
      weights: numbers,
      nodes: [
        node('reserved', 'TensorListReserve', [shape, 'n'], ofFloats),
        node('loop', 'While', ['zero', 'reserved', 'x', 'n'], loop),
        node('all', 'TensorListStack', ['loop:1', shape], ofFloats),
      ],
      functions: {
        cond: counting,
        body: {
          args: ['i', 'list', 'x', 'n'],
          nodes: [
            node('next', 'AddV2', ['i', 'one']),
            node('double', 'AddV2', ['x', 'x']),
            node('longer', 'TensorListSetItem', ['list', 'i', 'double'], ofFloats),
          ],
          returns: ['next:z:0', 'longer:output:0', 'double:z:0', 'n'],
        },
      },
      outputs: ['loop', 'loop:2', 'all'],
      feeds: [1, 3].map((n) => ({ n: fedInt(n), x: rows })),
    }),
  ),
  {
    title: 'pushed on an empty list',
    inputs: { n: scalarInt, x },
    weights: numbers,
    nodes: [
      node('empty', 'EmptyTensorList', ['open', 'minusOne'], ofFloats),
      node('loop', 'While', ['zero', 'empty', 'x', 'n'], loop),
      node('all', 'TensorListStack', ['loop:1', 'open'], ofFloats),
    ],
    functions: {
      cond: counting,
      body: {
        args: ['i', 'list', 'x', 'n'],
        nodes: [
          node('next', 'AddV2', ['i', 'one']),
          node('double', 'AddV2', ['x', 'x']),
          node('longer', 'TensorListPushBack', ['list', 'double'], ofFloats),
        ],
        returns: ['next:z:0', 'longer:output:0', 'double:z:0', 'n'],
      },
    },
    outputs: ['all'],
    feeds: [1, 3].map((n) => ({ n: fedInt(n), x: rows })),
  },
];

const multiplesOfRows = (factors: number[]) => [
  {
    shape: [factors.length, 3, 2],
    values: factors.flatMap((factor) => (rows.values as number[]).map((value) => factor * value)),
  },
];

/** Loops that read what they wrote, or write in another order: the list itself goes from turn to turn. */
const carried: GraphCase[] = [
  {
    title: 'Fibonacci: each element the sum of the two before',
    inputs: { n: scalarInt, x },
    weights: { ...numbers, two: int(2) },
    nodes: [
      node('empty', 'TensorListReserve', ['open', 'n'], ofFloats),
      node('first', 'TensorListSetItem', ['empty', 'zero', 'x'], ofFloats),
      node('second', 'TensorListSetItem', ['first', 'one', 'x'], ofFloats),
      node('loop', 'While', ['two', 'second', 'x', 'n'], loop),
      node('all', 'TensorListStack', ['loop:1', 'open'], ofFloats),
    ],
    functions: {
      cond: counting,
      body: {
        args: ['i', 'list', 'x', 'n'],
        nodes: [
          node('next', 'AddV2', ['i', 'one']),
          node('before', 'Sub', ['i', 'one']),
          node('beforeThat', 'Sub', ['before', 'one']),
          node('a', 'TensorListGetItem', ['list', 'before', 'open'], ofFloats),
          node('b', 'TensorListGetItem', ['list', 'beforeThat', 'open'], ofFloats),
          node('sum', 'AddV2', ['a', 'b']),
          node('longer', 'TensorListSetItem', ['list', 'i', 'sum'], ofFloats),
        ],
        returns: ['next:z:0', 'longer:output:0', 'x', 'n'],
      },
    },
    outputs: ['all'],
    feeds: [2, 7].map((n) => ({ n: fedInt(n), x: rows })),
    expected: [
      [1, 1],
      [1, 1, 2, 3, 5, 8, 13],
    ].map(multiplesOfRows),
  },
  ...(['open', 'minusOne'] as const).map(
    (shape): GraphCase => ({
      title: `from the last to the first, element shape ${shape}`,
      inputs: { n: scalarInt, x },
      weights: numbers,
      nodes: [
        node('reserved', 'TensorListReserve', [shape, 'n'], ofFloats),
        node('last', 'Sub', ['n', 'one']),
        node('loop', 'While', ['last', 'reserved', 'x', 'n'], loop),
        node('all', 'TensorListStack', ['loop:1', shape], ofFloats),
      ],
      functions: {
        cond: {
          args: ['i', 'list', 'x', 'n'],
          nodes: [node('more', 'GreaterEqual', ['i', 'zero'])],
          returns: ['more:z:0'],
        },
        body: {
          args: ['i', 'list', 'x', 'n'],
          nodes: [
            node('next', 'Sub', ['i', 'one']),
            node('double', 'AddV2', ['x', 'x']),
            node('longer', 'TensorListSetItem', ['list', 'i', 'double'], ofFloats),
          ],
          returns: ['next:z:0', 'longer:output:0', 'double:z:0', 'n'],
        },
      },
      outputs: ['all'],
      feeds: [1, 3].map((n) => ({ n: fedInt(n), x: rows })),
    }),
  ),
  {
    title: 'a list filled by a branch',
    inputs: { n: scalarInt, x },
    weights: { ...numbers, two: int(2) },
    nodes: [
      node('reserved', 'TensorListReserve', ['open', 'n'], ofFloats),
      node('loop', 'While', ['zero', 'reserved', 'x', 'n'], loop),
      node('all', 'TensorListStack', ['loop:1', 'open'], ofFloats),
    ],
    functions: {
      cond: counting,
      body: {
        args: ['i', 'list', 'x', 'n'],
        nodes: [
          node('next', 'AddV2', ['i', 'one']),
          node('odd', 'FloorMod', ['i', 'two']),
          node('branch', 'If', ['odd', 'list', 'x', 'i'], {
            then_branch: ofFunction('double'),
            else_branch: ofFunction('same'),
          }),
        ],
        returns: ['next:z:0', 'branch:output:0', 'x', 'n'],
      },
      double: {
        args: ['list', 'x', 'i'],
        nodes: [
          node('double', 'AddV2', ['x', 'x']),
          node('longer', 'TensorListSetItem', ['list', 'i', 'double'], ofFloats),
        ],
        returns: ['longer:output:0'],
      },
      same: {
        args: ['list', 'x', 'i'],
        nodes: [node('longer', 'TensorListSetItem', ['list', 'i', 'x'], ofFloats)],
        returns: ['longer:output:0'],
      },
    },
    outputs: ['all'],
    feeds: [1, 4].map((n) => ({ n: fedInt(n), x: rows })),
    expected: [[1], [1, 2, 1, 2]].map(multiplesOfRows),
  },
];

const array = (elementShape: object, dynamic = true) => ({
  dtype: type('float32'),
  element_shape: elementShape,
  dynamic_size: { b: dynamic },
  clear_after_read: { b: false },
  identical_element_shapes: { b: true },
  tensor_array_name: text('array'),
});
const anyShape = { shape: { unknownRank: true } };
const ofPairs = { shape: { dim: [{ size: '2' }] } };
const ofRows = { shape: { dim: [{ size: '-1' }, { size: '2' }] } };
const T = { T: type('float32') };
const ofType = { dtype: type('float32') };

/** Written through the flow; in tfjs's executor by the handle, each after the one before it. */
const arrays: GraphCase[] = [
  ...[anyShape, ofPairs].map(
    (shape, i): GraphCase => ({
      title: `array written twice, read, gathered, sized: element shape ${i === 0 ? 'open' : 'known'}`,
      inputs: { x: { type: 'float32', shape: [2] }, i: scalarInt },
      weights: { ...numbers, three: int(3), order: intVector(1, 0) },
      nodes: [
        node('array', 'TensorArrayV3', ['three'], array(shape)),
        node('first', 'TensorArrayWriteV3', ['array', 'zero', 'x', 'array:1'], T),
        node('twice', 'AddV2', ['x', 'x']),
        node('second', 'TensorArrayWriteV3', ['first', 'one', 'twice', 'first'], T),
        node('item', 'TensorArrayReadV3', ['second', 'i', 'second'], ofType),
        node('some', 'TensorArrayGatherV3', ['second', 'order', 'second'], ofType),
        node('size', 'TensorArraySizeV3', ['second', 'second']),
        node('joined', 'TensorArrayConcatV3', ['second', 'second'], ofType),
      ],
      outputs: ['item', 'some', 'size', 'joined'],
      feeds: [0, 1].map((i) => ({ x: fedFloats([2], [3, 4]), i: fedInt(i) })),
    }),
  ),
  {
    title: 'array: rows scattered',
    inputs: { x },
    weights: { ...numbers, order: intVector(2, 0, 1), inOrder: intVector(0, 1, 2) },
    nodes: [
      node('array', 'TensorArrayV3', ['pair'], array(ofPairs)),
      node('filled', 'TensorArrayScatterV3', ['array', 'order', 'x', 'array:1'], T),
      node('all', 'TensorArrayGatherV3', ['filled', 'inOrder', 'filled'], ofType),
      node('other', 'TensorArrayV3', ['pair'], array(ofPairs)),
      node('same', 'TensorArrayScatterV3', ['other', 'inOrder', 'x', 'other:1'], T),
      node('allOfIt', 'TensorArrayGatherV3', ['same', 'inOrder', 'same'], ofType),
    ],
    outputs: ['all', 'allOfIt'],
    feeds: [{ x: rows }],
  },
  {
    title: 'array: pieces of two rows, one of them read, all joined',
    inputs: { x: { type: 'float32', shape: [4, 2] }, i: scalarInt },
    weights: { ...numbers, twos: intVector(2, 2) },
    nodes: [
      node('array', 'TensorArrayV3', ['pair'], array(ofRows)),
      node('filled', 'TensorArraySplitV3', ['array', 'x', 'twos', 'array:1'], T),
      node('item', 'TensorArrayReadV3', ['filled', 'i', 'filled'], ofType),
      node('joined', 'TensorArrayConcatV3', ['filled', 'filled'], ofType),
    ],
    outputs: ['item', 'joined'],
    feeds: [0, 1].map((i) => ({ x: fedFloats([4, 2], [1, 2, 3, 4, 5, 6, 7, 8]), i: fedInt(i) })),
  },
];

describe('lists', () => {
  test.each([...inGraph, ...carried, ...arrays].map((each) => [each.title, each] as const))(
    '%s',
    async (_title, each) => {
      await expectGraph(each);
    },
  );

  test.each(inLoop.map((each) => [each.title, each] as const))(
    '%s: the loop stacks them, no list is carried',
    async (_title, each) => {
      const bytes = await expectGraph(each);
      const loopNode = decoded(bytes).graph!.node.find(({ opType }) => opType === 'Loop')!;
      const body = loopNode.attribute.find(({ name }) => name === 'body')!.g!;
      expect(body.node.map(({ opType }) => opType)).not.toContain('Slice');
      expect(body.output.length).toBe(body.input.length); // one output more than it carries: the list's
    },
  );

  test('the last element taken: the rest and the element, as in TensorFlow', async () => {
    const popped: GraphCase = {
      title: '',
      inputs: { x },
      weights: numbers,
      nodes: [
        node('list', 'TensorListFromTensor', ['x', 'pair'], ofFloats),
        node('popped', 'TensorListPopBack', ['list', 'pair'], ofFloats),
        node('rest', 'TensorListStack', ['popped', 'pair'], ofFloats),
      ],
      outputs: ['rest', 'popped:1'],
      feeds: [],
    };
    const [rest, last] = await runFile(toOnnx(artifactsOf(popped)), { x: rows });
    expect(rest).toEqual({ shape: [2, 2], values: [1, -2, 3, 4] });
    expect(last).toEqual({ shape: [2], values: [5, 6] });
  });

  test('pieces of several lengths are refused by name', async () => {
    const uneven: GraphCase = { ...arrays.at(-1)!, weights: { ...numbers, twos: intVector(1, 3) } };
    const message = await messageOf((async () => toOnnx(artifactsOf(uneven)))());
    expect(message).toMatch(/^node "filled" \(TensorArraySplitV3\): pieces of lengths 1,3/);
  });
});

describeWith('python-onnx', 'the reference implementation of ONNX', () => {
  test('accepts the files', () =>
    expectAccepted([...inGraph, ...inLoop, ...carried, ...arrays].map((each) => toOnnx(artifactsOf(each)))));
});
