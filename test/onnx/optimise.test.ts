import { describe, expect, test } from '@jest/globals';
import { dataTypeCodes, tensorOf } from '../../onnx/element-types.js';
import { encode } from '../../onnx/encode.js';
import { type ElementType, float, floatTensor, Graph, intTensor, type Value } from '../../onnx/graph.js';
import { optimise } from '../../onnx/optimise/index.js';
import { type Feeds, runFile } from './operations/op-case.js';

const options = { opset: 17 as const, name: 'g', producerVersion: '', metadata: {} };
const scalar = (graph: Graph, value: number, type: 'int32' | 'int64' | 'float32' = 'int32') =>
  graph.constant('scalar', tensorOf(type, [], [value]));
const vector = (graph: Graph, ...values: number[]) => graph.constant('vector', intTensor(values));
const cast = (graph: Graph, x: Value, to: ElementType) =>
  graph.add('Cast', `${x.name}/Cast`, [x], undefined, { to: dataTypeCodes[to] });
const counting = (...shape: number[]): Feeds => ({
  x: { type: 'float32', shape, values: Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => i) },
});

/** The operators that are left, and whether the answers are those of the graph as it was. */
async function optimised(graph: Graph, output: Value, feeds: Feeds): Promise<string[]> {
  graph.outputs = [output];
  graph.nameConstants();
  const before = await runFile(encode(graph, options), feeds);
  optimise(graph);
  graph.nameConstants();
  expect(await runFile(encode(graph, options), feeds)).toEqual(before);
  return graph.nodes.map(({ op }) => op);
}

describe('what does nothing goes', () => {
  test('Identity, Cast to its own type, Concat of one', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['batch', 3]);
    const same = cast(graph, graph.add('Identity', 'identity', [x]), 'float32');
    const one = graph.add('Concat', 'concat', [same], undefined, { axis: 1 });
    expect(await optimised(graph, graph.add('Neg', 'neg', [one]), counting(2, 3))).toEqual(['Neg']);
  });

  test('Expand to its own shape stays where it repeats', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['batch', 3]);
    const idle = graph.add('Expand', 'idle', [x, vector(graph, 1, 3)]);
    const busy = graph.add('Expand', 'busy', [idle, vector(graph, 2, 1, 3)]);
    expect(await optimised(graph, busy, counting(1, 3))).toEqual(['Expand']);
  });
});

describe('casts', () => {
  test('a cast over one that holds all its numbers: bool, int32, float32', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [3]);
    const truth = graph.add('Greater', 'greater', [x, scalar(graph, 0, 'float32')]);
    const number = cast(graph, cast(graph, truth, 'int32'), 'float32');
    expect(await optimised(graph, number, counting(3))).toEqual(['Greater', 'Cast']);
  });

  test('a cast that cuts stays', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [3]);
    const cut = cast(graph, cast(graph, x, 'int32'), 'float32');
    const feeds: Feeds = { x: { type: 'float32', shape: [3], values: [-1.5, 0.5, 2.5] } };
    expect(await optimised(graph, cut, feeds)).toEqual(['Cast', 'Cast']);
  });

  /** Rows · 2 of x (rows, columns), worked out in int32 as TensorFlow does. */
  const sizes = (graph: Graph, x: Value): Value => {
    const shape = cast(graph, graph.add('Shape', 'shape', [x]), 'int32');
    const rows = graph.add('Gather', 'rows', [shape, vector(graph, 0)], undefined, { axis: 0 });
    const columns = graph.add('Slice', 'columns', [shape, vector(graph, 1), vector(graph, 2)]);
    const twice = graph.add('Mul', 'twice', [rows, scalar(graph, 2)]);
    return graph.add('Concat', 'sizes', [twice, columns, rows], undefined, { axis: 0 });
  };

  test('arithmetic on sizes needs none', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['rows', 'columns']);
    const target = cast(graph, sizes(graph, x), 'int64');
    const filled = graph.add('ConstantOfShape', 'filled', [target], undefined, {
      value: { tensor: tensorOf('float32', [1], [1]) },
    });
    const left = await optimised(graph, filled, counting(2, 3));
    expect(left).toEqual(['Shape', 'Gather', 'Slice', 'Mul', 'Concat', 'ConstantOfShape']);
  });

  test('what is read as int32 too keeps them', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['rows', 'columns']);
    const small = sizes(graph, x);
    const filled = graph.add('ConstantOfShape', 'filled', [cast(graph, small, 'int64')], undefined, {
      value: { tensor: tensorOf('int32', [1], [1]) },
    });
    const first = graph.add('Gather', 'first', [small, scalar(graph, 0)], undefined, { axis: 0 });
    const left = await optimised(graph, graph.add('Mul', 'both', [filled, first]), counting(2, 3));
    expect(left.filter((op) => op === 'Cast')).toHaveLength(2);
  });
});

describe('computed shapes', () => {
  test('a Reshape to sizes of which one is open is to known ones, and nothing works them out', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['batch', 2, 3]);
    const batch = graph.add('Shape', 'shape', [x], undefined, { start: 0, end: 1 });
    const target = graph.add('Concat', 'target', [batch, vector(graph, 6)], undefined, { axis: 0 });
    const flat = graph.add('Reshape', 'flat', [x, target]);
    expect(await optimised(graph, flat, counting(4, 2, 3))).toEqual(['Reshape']);
    expect(graph.nodes[0].inputs[1].constant!.data).toEqual(BigInt64Array.of(0n, 6n));
  });

  test('two open sizes in other places stay computed', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['a', 'b', 3]);
    const sizes = graph.add('Shape', 'shape', [x]);
    const turned = graph.add('Gather', 'turned', [sizes, vector(graph, 1, 0, 2)], undefined, { axis: 0 });
    const moved = graph.add('Reshape', 'moved', [x, turned]);
    expect(await optimised(graph, moved, counting(2, 5, 3))).toContain('Gather');
  });

  test('parts of a shape are not taken for its beginning', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['a', 'b']);
    const [first, second] = [0, 1].map((start) =>
      graph.add('Shape', 'size', [x], undefined, { start, end: start + 1 }),
    );
    await optimised(graph, graph.add('Sub', 'sub', [second, first]), counting(2, 5));
  });
});

describe('known and shared', () => {
  test('operators over constants alone are worked out', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [2]);
    const known = graph.add('Add', 'three', [scalar(graph, 1, 'float32'), scalar(graph, 2, 'float32')]);
    expect(await optimised(graph, graph.add('Mul', 'mul', [x, known]), counting(2))).toEqual(['Mul']);
  });

  test('the same of the same is computed once, what is random is not', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [2]);
    const twice = [0, 1].map(() => graph.add('Mul', 'mul', [x, scalar(graph, 2, 'float32')]));
    expect(await optimised(graph, graph.add('Add', 'add', twice), counting(2))).toEqual(['Mul', 'Add']);

    const drawing = new Graph();
    const y = drawing.input('x', 'float32', [2]);
    const draws = [0, 1].map(() => drawing.add('RandomUniformLike', 'draw', [y]));
    drawing.outputs = [drawing.add('Sub', 'sub', draws)];
    optimise(drawing);
    expect(drawing.nodes.map(({ op }) => op)).toEqual(['RandomUniformLike', 'RandomUniformLike', 'Sub']);
  });

  test('operators that differ in an attribute or a type are not the same', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [2]);
    const [a, b] = [0.1, 0.2].map((alpha) => graph.add('Elu', 'elu', [x], undefined, { alpha: float(alpha) }));
    expect(await optimised(graph, graph.add('Sub', 'sub', [a, b]), counting(2))).toEqual(['Elu', 'Elu', 'Sub']);
  });
});

describe('a bias goes into what it is added to', () => {
  const kernel = (graph: Graph) => graph.constant('kernel', floatTensor([2, 3, 1], [1, 2, 3, 4, 5, 6]));

  test('convolution', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['batch', 3, 4]);
    const conv = graph.add('Conv', 'conv', [x, kernel(graph)]);
    const bias = graph.constant('bias', floatTensor([2, 1], [10, 20]));
    expect(await optimised(graph, graph.add('Add', 'add', [conv, bias]), counting(2, 3, 4))).toEqual(['Conv']);
  });

  test('not along another axis, nor to a convolution that is read elsewhere', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['batch', 3, 2]);
    const conv = graph.add('Conv', 'conv', [x, kernel(graph)]);
    const other = graph.add('Add', 'other', [conv, graph.constant('bias', floatTensor([2], [10, 20]))]);
    const fits = graph.add('Add', 'fits', [conv, graph.constant('bias', floatTensor([2, 1], [10, 20]))]);
    const both = graph.add('Mul', 'both', [other, fits]);
    expect(await optimised(graph, both, counting(2, 3, 2))).toEqual(['Conv', 'Add', 'Add', 'Mul']);
  });

  test('matrices', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['batch', 3]);
    const product = graph.add('MatMul', 'product', [x, graph.constant('w', floatTensor([3, 2], [1, 2, 3, 4, 5, 6]))]);
    const sum = graph.add('Add', 'sum', [graph.constant('bias', floatTensor([2], [10, 20])), product]);
    expect(await optimised(graph, sum, counting(2, 3))).toEqual(['Gemm']);
  });
});

test('a transpose moves past axes counted from the end and a filled Pad', async () => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', ['batch', 2, 3]);
  const turned = graph.add('Transpose', 'turned', [x], undefined, { perm: [0, 2, 1] });
  const filling = graph.constant('filling', floatTensor([], [7]));
  const padded = graph.add('Pad', 'padded', [turned, vector(graph, 0, 1, 0, 0, 0, 0), filling]);
  const doubled = graph.add('Concat', 'doubled', [padded, padded], undefined, { axis: -1 });
  const back = graph.add('Transpose', 'back', [doubled], undefined, { perm: [0, 2, 1] });
  expect(await optimised(graph, back, counting(2, 2, 3))).toEqual(['Pad', 'Concat']);
});

describe('what onnxruntime would refuse or get wrong', () => {
  const far = 2 ** 31 - 1;
  test.each([
    ['known size', 6, [4], [1], [-1], ['Slice', 'Slice']],
    ['counted from the end', 6, [-2], [-5], [-1], ['Slice', 'Slice']],
    ['to the first element, in steps of two', 6, [3], [-far], [-2], ['Slice', 'Slice']],
    ['open size', 'n', [4], [1], [-1], ['Slice', 'Slice']],
    ['from the last element', 6, [5], [1], [-1], ['Slice']],
    ['from the last element of an open size', 'n', [-1], [1], [-1], ['Slice']],
    ['forwards', 6, [1], [4], [1], ['Slice']],
  ] as const)('a backward Slice begins at the last element: %s', async (_title, size, starts, ends, steps, left) => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [2, size]);
    const bounds = [starts, ends, [1], steps].map((values) => vector(graph, ...values));
    expect(await optimised(graph, graph.add('Slice', 'slice', [x, ...bounds]), counting(2, 6))).toEqual(left);
  });
});
