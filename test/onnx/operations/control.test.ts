import { describe, expect, test } from '@jest/globals';
import { toOnnx } from '../../../onnx/index.js';
import { messageOf } from '../../support/message-of.js';
import { describeWith } from '../../support/needs.js';
import { expectAccepted, expectGraph } from './expect-graph.js';
import { artifactsOf, fedBool, fedFloats, fedInt, floats, type GraphCase, int, ofFunction } from './graph-case.js';
import { node } from './op-case.js';

const branches = { then_branch: ofFunction('twice'), else_branch: ofFunction('plusOne') };
const twiceAndPlusOne: GraphCase['functions'] = {
  twice: { args: ['a'], nodes: [node('sum', 'AddV2', ['a', 'a'])], returns: ['sum:z:0'] },
  plusOne: { args: ['a'], nodes: [node('sum', 'AddV2', ['a', 'one'])], returns: ['sum:z:0'] },
};
const loop = { cond: ofFunction('cond'), body: ofFunction('body') };
const below = (limit: string): NonNullable<GraphCase['functions']>[string] => ({
  args: ['i', 'x'],
  nodes: [node('less', 'Less', ['i', limit])],
  returns: ['less:z:0'],
});
const x = { type: 'float32', shape: [null, 2] } as const;
const scalarInt = { type: 'int32', shape: [] } as const;
const rows = fedFloats([3, 2], [1, -2, 3, 4, 5, 6]);

const cases: GraphCase[] = [
  ...(['If', 'StatelessIf'] as const).map(
    (op): GraphCase => ({
      title: `${op}: both branches`,
      inputs: { c: { type: 'bool', shape: [] }, x },
      weights: { one: floats([], [1]) },
      nodes: [node('y', op, ['c', 'x'], branches)],
      functions: twiceAndPlusOne,
      outputs: ['y'],
      feeds: [
        { c: fedBool(true), x: rows },
        { c: fedBool(false), x: rows },
      ],
    }),
  ),
  {
    title: 'If: a condition of int32, of one axis, whose first element counts',
    inputs: { c: { type: 'int32', shape: [2] }, x },
    weights: { one: floats([], [1]) },
    nodes: [node('y', 'If', ['c', 'x'], branches)],
    functions: twiceAndPlusOne,
    outputs: ['y'],
    feeds: [
      { c: { type: 'int32', shape: [2], values: [5, 0] }, x: rows },
      { c: { type: 'int32', shape: [2], values: [0, 1] }, x: rows },
    ],
  },
  {
    title: 'If: branches of other sizes, one that passes its argument on, and a constant',
    inputs: { c: { type: 'bool', shape: [] }, x },
    weights: { two: floats([1, 2], [7, 8]), one: floats([], [1]) },
    nodes: [
      node('y', 'If', ['c', 'x'], { then_branch: ofFunction('same'), else_branch: ofFunction('constant') }),
      node('z', 'AddV2', ['y', 'y:1']),
    ],
    functions: {
      same: { args: ['a'], nodes: [node('same', 'Identity', ['a'])], returns: ['same:output:0', 'a'] },
      constant: {
        args: ['a'],
        nodes: [node('sum', 'AddV2', ['one', 'two'])],
        returns: ['two:output:0', 'sum:z:0'],
      },
    },
    outputs: ['y', 'z'],
    feeds: [
      { c: fedBool(true), x: rows },
      { c: fedBool(false), x: rows },
    ],
  },
  ...(['While', 'StatelessWhile'] as const).map(
    (op): GraphCase => ({
      title: `${op}: doubled n times, none too`,
      inputs: { n: scalarInt, x },
      weights: { one: int(1), zero: int(0) },
      nodes: [node('y', op, ['zero', 'x', 'n'], loop)],
      functions: {
        cond: { args: ['i', 'x', 'n'], nodes: [node('less', 'Less', ['i', 'n'])], returns: ['less:z:0'] },
        body: {
          args: ['i', 'x', 'n'],
          nodes: [node('next', 'AddV2', ['i', 'one']), node('double', 'AddV2', ['x', 'x'])],
          returns: ['next:z:0', 'double:z:0', 'n'],
        },
      },
      outputs: ['y', 'y:1', 'y:2'],
      feeds: [0, 1, 5].map((n) => ({ n: fedInt(n), x: rows })),
    }),
  ),
  {
    title: 'While: a condition that is false at first, known when the file is written',
    inputs: { x },
    weights: { one: int(1), zero: int(0) },
    nodes: [node('y', 'While', ['one', 'x'], loop)],
    functions: {
      cond: below('zero'),
      body: { args: ['i', 'x'], nodes: [node('sum', 'AddV2', ['x', 'x'])], returns: ['i', 'sum:z:0'] },
    },
    outputs: ['y', 'y:1'],
    feeds: [{ x: rows }],
  },
  {
    title: 'While: rows are added in each turn',
    inputs: { n: scalarInt, x },
    weights: { one: int(1), zero: int(0), row: floats([1, 2], [9, 8]) },
    nodes: [node('y', 'While', ['zero', 'x', 'n'], loop)],
    functions: {
      cond: { args: ['i', 'x', 'n'], nodes: [node('less', 'Less', ['i', 'n'])], returns: ['less:z:0'] },
      body: {
        args: ['i', 'x', 'n'],
        nodes: [node('next', 'AddV2', ['i', 'one']), node('longer', 'ConcatV2', ['x', 'row', 'zero'])],
        returns: ['next:z:0', 'longer:output:0', 'n'],
      },
    },
    outputs: ['y', 'y:1'],
    feeds: [0, 1, 4].map((n) => ({ n: fedInt(n), x: rows })),
  },
  {
    title: 'While in a While: i · j summed, the inner one as long as the outer one is far',
    inputs: { n: scalarInt },
    weights: { one: int(1), zero: int(0) },
    nodes: [node('y', 'While', ['zero', 'zero', 'n'], loop)],
    functions: {
      cond: { args: ['i', 's', 'n'], nodes: [node('less', 'Less', ['i', 'n'])], returns: ['less:z:0'] },
      body: {
        args: ['i', 's', 'n'],
        nodes: [
          node('inner', 'While', ['zero', 's', 'i'], { cond: ofFunction('innerCond'), body: ofFunction('innerBody') }),
          node('next', 'AddV2', ['i', 'one']),
        ],
        returns: ['next:z:0', 'inner:output:1', 'n'],
      },
      innerCond: { args: ['j', 's', 'i'], nodes: [node('less', 'Less', ['j', 'i'])], returns: ['less:z:0'] },
      innerBody: {
        args: ['j', 's', 'i'],
        nodes: [
          node('product', 'Mul', ['i', 'j']),
          node('sum', 'AddV2', ['s', 'product']),
          node('next', 'AddV2', ['j', 'one']),
        ],
        returns: ['next:z:0', 'sum:z:0', 'i'],
      },
    },
    outputs: ['y:1'],
    feeds: [0, 1, 2, 6].map((n) => ({ n: fedInt(n) })),
  },
  {
    title: 'If in a While: Collatz steps, and an early end',
    inputs: { n: scalarInt },
    weights: { one: int(1), two: int(2), three: int(3), zero: int(0) },
    nodes: [node('y', 'While', ['n', 'zero'], loop)],
    functions: {
      cond: { args: ['n', 'steps'], nodes: [node('more', 'Greater', ['n', 'one'])], returns: ['more:z:0'] },
      body: {
        args: ['n', 'steps'],
        nodes: [
          node('rest', 'FloorMod', ['n', 'two']),
          node('branch', 'If', ['rest', 'n'], { then_branch: ofFunction('odd'), else_branch: ofFunction('even') }),
          node('next', 'AddV2', ['steps', 'one']),
        ],
        returns: ['branch:output:0', 'next:z:0'],
      },
      odd: {
        args: ['n'],
        nodes: [node('triple', 'Mul', ['n', 'three']), node('up', 'AddV2', ['triple', 'one'])],
        returns: ['up:z:0'],
      },
      even: { args: ['n'], nodes: [node('half', 'FloorDiv', ['n', 'two'])], returns: ['half:z:0'] },
    },
    outputs: ['y', 'y:1'],
    feeds: [1, 2, 7, 27].map((n) => ({ n: fedInt(n) })),
  },
];

describe('control flow', () => {
  test.each(cases.map((each) => [each.title, each] as const))('%s', async (_title, each) => {
    await expectGraph(each);
  });

  const base = cases[0];
  const exported = async (each: GraphCase) => toOnnx(artifactsOf(each));
  test('branches of another number of axes are refused by name', async () => {
    const functions = { ...base.functions, plusOne: { args: ['a'], nodes: [], returns: ['one:output:0'] } };
    expect(await messageOf(exported({ ...base, functions }))).toMatch(/^node "y" \(If\): output 0 of shape/);
  });

  test('a variable whose number of axes changes between turns is refused by name', async () => {
    const while0 = cases.find(({ title }) => title.startsWith('While: doubled'))!;
    const body = { ...while0.functions!.body, returns: ['next:z:0', 'one:output:0', 'n'] };
    const functions = { ...while0.functions, body };
    expect(await messageOf(exported({ ...while0, functions }))).toMatch(/^node "y" \(While\): variable 1/);
  });

  test('a function that calls itself is refused', async () => {
    const functions = {
      ...base.functions,
      twice: { args: ['a'], nodes: [node('again', 'If', ['a', 'a'], branches)], returns: ['again:output:0'] },
    };
    expect(await messageOf(exported({ ...base, functions }))).toMatch(/calls itself/);
  });
});

describeWith('python-onnx', 'the reference implementation of ONNX', () => {
  test('accepts the files', () => expectAccepted(cases.map((each) => toOnnx(artifactsOf(each)))));
});
