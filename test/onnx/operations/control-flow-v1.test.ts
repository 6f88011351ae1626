import { describe, expect, test } from '@jest/globals';
import { toOnnx } from '../../../onnx/index.js';
import { messageOf } from '../../support/message-of.js';
import { describeWith } from '../../support/needs.js';
import { decoded } from '../decoded.js';
import { expectAccepted, expectGraph } from './expect-graph.js';
import { artifactsOf, fedBool, fedFloats, fedInt, floats, type GraphCase, int } from './graph-case.js';
import { node, runFile, text } from './op-case.js';

const x = { type: 'float32', shape: [null, 2] } as const;
const scalarInt = { type: 'int32', shape: [] } as const;
const scalarBool = { type: 'bool', shape: [] } as const;
const rows = fedFloats([3, 2], [1, -2, 3, 4, 5, 6]);
const weights = { zero: int(0), one: int(1), two: int(2), factor: floats([], [0.5]) };

const enter = (name: string, from: string, frame: string, constant = false) =>
  node(name, 'Enter', [from], { frame_name: text(frame), is_constant: { b: constant } });

/** The nodes of a loop variable: NAME/enter, merge, switch, next, exit. */
const variable = (name: string, from: string, next: string, frame: string) => [
  enter(`${name}/enter`, from, frame),
  node(`${name}/merge`, 'Merge', [`${name}/enter`, `${name}/next`]),
  node(`${name}/switch`, 'Switch', [`${name}/merge`, `${frame}/condition`]),
  node(`${name}/next`, 'NextIteration', [next]),
  node(`${name}/exit`, 'Exit', [`${name}/switch`]),
];

const doubled = (op: string): GraphCase['nodes'] => [
  ...variable('i', 'zero', 'i/sum', 'loop'),
  ...variable('v', 'x', 'v/sum', 'loop'),
  enter('n/enter', 'n', 'loop', true),
  enter('one/enter', 'one', 'loop', true),
  node('less', 'Less', ['i/merge', 'n/enter']),
  node('loop/condition', 'LoopCond', ['less']),
  node('i/sum', 'AddV2', ['i/switch:1', 'one/enter']),
  node('v/sum', op, ['v/switch:1', 'v/switch:1']),
];

const cases: GraphCase[] = [
  {
    title: 'two sides that meet',
    inputs: { c: scalarBool, x },
    weights,
    nodes: [
      node('switch', 'Switch', ['x', 'c']),
      node('double', 'AddV2', ['switch:1', 'switch:1']),
      node('half', 'Mul', ['switch', 'factor']),
      node('y', 'Merge', ['half', 'double']),
    ],
    outputs: ['y'],
    feeds: [true, false].map((c) => ({ c: fedBool(c), x: rows })),
  },
  {
    title: 'a value passed on as it is on one side, the predicate by an identity, another condition after it',
    inputs: { c: scalarBool, d: scalarBool, x },
    weights,
    nodes: [
      node('id', 'Identity', ['c']),
      node('switch', 'Switch', ['x', 'id']),
      node('double', 'AddV2', ['switch:1', 'switch:1']),
      node('met', 'Merge', ['switch', 'double']),
      node('more', 'AddV2', ['met', 'factor']),
      node('switch2', 'Switch', ['more', 'd']),
      node('square', 'Mul', ['switch2', 'switch2']),
      node('y', 'Merge', ['square', 'switch2:1']),
    ],
    outputs: ['y', 'met'],
    feeds: [0, 1, 2, 3].map((k) => ({ c: fedBool(k > 1), d: fedBool(k % 2 > 0), x: rows })),
  },
  {
    title: 'a condition in a branch',
    inputs: { c: scalarBool, d: scalarBool, x },
    weights,
    nodes: [
      node('switch', 'Switch', ['x', 'c']),
      node('d/switch', 'Switch', ['d', 'c']),
      node('inner', 'Switch', ['switch:1', 'd/switch:1']),
      node('double', 'AddV2', ['inner:1', 'inner:1']),
      node('half', 'Mul', ['inner', 'factor']),
      node('met', 'Merge', ['half', 'double']),
      node('square', 'Mul', ['switch', 'switch']),
      node('y', 'Merge', ['square', 'met']),
    ],
    outputs: ['y'],
    feeds: [0, 1, 2, 3].map((k) => ({ c: fedBool(k > 1), d: fedBool(k % 2 > 0), x: rows })),
  },
  {
    title: 'a loop with values that it reads unchanged, no turn too',
    inputs: { n: scalarInt, x },
    weights,
    nodes: doubled('AddV2'),
    outputs: ['i/exit', 'v/exit'],
    feeds: [0, 1, 4].map((n) => ({ n: fedInt(n), x: rows })),
  },
  {
    title: 'a loop in a loop',
    inputs: { n: scalarInt },
    weights,
    nodes: [
      ...variable('i', 'zero', 'i/sum', 'outer'),
      ...variable('s', 'zero', 't/exit', 'outer'),
      enter('n/enter', 'n', 'outer', true),
      enter('one/outer', 'one', 'outer', true),
      node('less', 'Less', ['i/merge', 'n/enter']),
      node('outer/condition', 'LoopCond', ['less']),
      node('i/sum', 'AddV2', ['i/switch:1', 'one/outer']),
      node('start', 'Sub', ['one/outer', 'one/outer']),
      ...variable('j', 'start', 'j/sum', 'inner'),
      ...variable('t', 's/switch:1', 't/sum', 'inner'),
      enter('i/inner', 'i/switch:1', 'inner', true),
      enter('one/inner', 'one/outer', 'inner', true),
      node('less/inner', 'Less', ['j/merge', 'i/inner']),
      node('inner/condition', 'LoopCond', ['less/inner']),
      node('j/sum', 'AddV2', ['j/switch:1', 'one/inner']),
      node('product', 'Mul', ['j/switch:1', 'i/inner']),
      node('t/sum', 'AddV2', ['t/switch:1', 'product']),
    ],
    outputs: ['s/exit'],
    feeds: [0, 2, 3, 5].map((n) => ({ n: fedInt(n) })),
    // Σ i · j over j < i < n; tfjs loses the frame of a constant entered twice
    expected: [0, 0, 2, 35].map((sum) => [{ shape: [], values: [sum] }]),
  },
  {
    title: 'a condition in a loop: Collatz steps',
    inputs: { n: scalarInt },
    weights: { ...weights, three: int(3) },
    nodes: [
      ...variable('n', 'n', 'met', 'loop'),
      ...variable('steps', 'zero', 'steps/sum', 'loop'),
      ...(['one', 'two', 'three'] as const).map((name) => enter(`${name}/enter`, name, 'loop', true)),
      node('more', 'Greater', ['n/merge', 'one/enter']),
      node('loop/condition', 'LoopCond', ['more']),
      node('steps/sum', 'AddV2', ['steps/switch:1', 'one/enter']),
      node('rest', 'FloorMod', ['n/switch:1', 'two/enter']),
      node('odd', 'Equal', ['rest', 'one/enter']),
      node('switch', 'Switch', ['n/switch:1', 'odd']),
      ...(['one', 'two', 'three'] as const).map((name) => node(`${name}/side`, 'Switch', [`${name}/enter`, 'odd'])),
      node('half', 'FloorDiv', ['switch', 'two/side']),
      node('triple', 'Mul', ['switch:1', 'three/side:1']),
      node('up', 'AddV2', ['triple', 'one/side:1']),
      node('met', 'Merge', ['half', 'up']),
    ],
    outputs: ['n/exit', 'steps/exit'],
    feeds: [1, 2, 7, 27].map((n) => ({ n: fedInt(n) })),
  },
];

describe('control flow of TensorFlow 1', () => {
  test.each(cases.map((each) => [each.title, each] as const))('%s', async (_title, each) => {
    await expectGraph(each);
  });

  test('a constant on one side is that of the other side, as in TensorFlow (tfjs gives it on both)', async () => {
    const bytes = toOnnx(
      artifactsOf({
        title: '',
        inputs: { c: scalarBool, x },
        weights: { constant: floats([1, 2], [7, 8]) },
        nodes: [node('switch', 'Switch', ['x', 'c']), node('y', 'Merge', ['switch', 'constant'])],
        outputs: ['y'],
        feeds: [],
      }),
    );
    const [yes] = await runFile(bytes, { c: fedBool(true), x: rows });
    const [no] = await runFile(bytes, { c: fedBool(false), x: rows });
    expect(yes).toEqual({ shape: [1, 2], values: [7, 8] });
    expect(no).toEqual({ shape: [3, 2], values: rows.values });
  });

  test('outputs of one condition are those of one If', () => {
    const bytes = toOnnx(
      artifactsOf({
        title: '',
        inputs: { c: scalarBool, x },
        weights,
        nodes: [
          node('switch', 'Switch', ['x', 'c']),
          node('double', 'AddV2', ['switch:1', 'switch:1']),
          node('square', 'Mul', ['switch:1', 'switch:1']),
          node('a', 'Merge', ['switch', 'double']),
          node('b', 'Merge', ['switch', 'square']),
        ],
        outputs: ['a', 'b'],
        feeds: [],
      }),
    );
    expect(decoded(bytes).graph!.node.filter(({ opType }) => opType === 'If')).toHaveLength(1);
  });

  test('a counter beside the loop’s own, which nothing reads, is not carried', () => {
    const bytes = toOnnx(
      artifactsOf({
        title: '',
        inputs: { n: scalarInt, x },
        weights,
        nodes: [
          ...doubled('AddV2'),
          ...variable('k', 'zero', 'k/sum', 'loop'),
          node('k/sum', 'AddV2', ['k/switch:1', 'one']),
        ],
        outputs: ['v/exit'],
        feeds: [],
      }),
    );
    const body = decoded(bytes).graph!.node.find(({ opType }) => opType === 'Loop')!.attribute[0].g!;
    expect(body.input).toHaveLength(4); // turn, condition, i, v
    expect(body.node.filter(({ opType }) => opType === 'Add')).toHaveLength(2);
  });

  test.each([
    ['switch', [], /^node "switch" \(Switch\): its value is there on one side of a condition only/],
    ['y', [node('y', 'Merge', ['x', 'x'])], /^node "y" \(Merge\): what meets in it comes from no two sides/],
    ['y', [node('y', 'Exit', ['x'])], /^node "y" \(Exit\): it leaves no Switch of a loop variable/],
  ] as const)('what has no structure is refused: %s %#', async (output, nodes, message) => {
    const graph: GraphCase = {
      title: '',
      inputs: { c: scalarBool, x },
      nodes: [node('switch', 'Switch', ['x', 'c']), ...nodes],
      outputs: [output],
      feeds: [],
    };
    expect(await messageOf((async () => toOnnx(artifactsOf(graph)))())).toMatch(message);
  });
});

describeWith('python-onnx', 'the reference implementation of ONNX', () => {
  test('accepts the files', () => expectAccepted(cases.map((each) => toOnnx(artifactsOf(each)))));
});
