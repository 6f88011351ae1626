import { describe, expect, test } from '@jest/globals';
import { type ModelArtifacts, toOnnx } from '../../../onnx/index.js';
import { operators } from '../decoded.js';
import { integers, node, runFile, runGraphModel, text, type, valuesOf, weight } from '../operations/op-case.js';

type Weights = Readonly<Record<string, ReturnType<typeof weight>>>;
type GraphNodeJson = ReturnType<typeof node>;

/** A graph model of one input `x` (batch, …shape), weights and nodes whose last is the output. */
function graphModel(shape: (number | null)[], weights: Weights, nodes: GraphNodeJson[]): ModelArtifacts {
  const dim = shape.map((size) => ({ size: String(size ?? -1) }));
  const last = nodes.at(-1)!.name;
  const entries = Object.entries(weights);
  const arrays = entries.map(([name, operand]) => {
    const values = valuesOf(operand, operand.shape as number[], name) as number[];
    return operand.type === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
  });
  return {
    modelTopology: {
      node: [
        node('x', 'Placeholder', [], { dtype: type('float32'), shape: { shape: { dim } } }),
        ...entries.map(([name, operand]) => node(name, 'Const', [], { dtype: type(operand.type) })),
        ...nodes,
      ],
      versions: { producer: 1 },
    },
    signature: {
      inputs: { x: { name: 'x:0', dtype: 'DT_FLOAT', tensorShape: { dim } } },
      outputs: { y: { name: `${last}:0` } },
    },
    weightSpecs: entries.map(([name, operand]) => {
      return { name, shape: operand.shape as number[], dtype: operand.type as 'float32' | 'int32' };
    }),
    weightData: arrays.map((array) => array.buffer),
  };
}

/** Both answers for open sizes of 1 and 3; the operators of the file. */
async function exported(shape: (number | null)[], weights: Weights, nodes: GraphNodeJson[]): Promise<string[]> {
  const artifacts = graphModel(shape, weights, nodes);
  const bytes = toOnnx(artifacts);
  for (const open of [1, 3]) {
    const sizes = shape.map((size) => size ?? open);
    const values = valuesOf(weight(sizes), sizes, 'x');
    const feeds = { x: { type: 'float32' as const, shape: sizes, values } };
    const [expected] = await runGraphModel(artifacts, feeds, [`${nodes.at(-1)!.name}:0`]);
    const [actual] = await runFile(bytes, feeds);
    expect(actual.shape).toEqual(expected.shape);
    expect(Float32Array.from(actual.values as number[])).toBeAllClose(Float32Array.from(expected.values as number[]), {
      absolute: 2e-5,
    });
  }
  return operators(bytes);
}

const window = (padding: string, stride = 1) => ({
  padding: text(padding),
  strides: integers(1, stride, stride, 1),
  dilations: integers(1, 1, 1, 1),
});
const ints = (...values: number[]) => weight([values.length], 'int32', values);
const scalar = (value: number) => weight([], 'float32', [value]);
const kernel = weight([3, 3, 4, 4], 'float32', { from: -0.3, to: 0.3 });
const image = [null, 6, 6, 4];
const conv = (name: string, from: string, padding = 'SAME') => node(name, 'Conv2D', [from, 'kernel'], window(padding));

/** x → Conv → between → Conv, whose transposes meet only if what is between lets them through. */
const between = (weights: Weights, ...nodes: GraphNodeJson[]): Promise<string[]> =>
  exported(image, { kernel, ...weights }, [conv('first', 'x'), ...nodes, conv('y', nodes.at(-1)!.name)]);

const count = (operators: string[], op: string): number => operators.filter((other) => other === op).length;

describe('transposes pass what stands between two convolutions', () => {
  const axis = weight([], 'int32', [2]);
  test.each<[string, Weights, GraphNodeJson[]]>([
    [
      'Pad with a value',
      { pads: weight([4, 2], 'int32', [0, 0, 1, 2, 0, 1, 0, 0]), value: scalar(0.5) },
      [node('m', 'PadV2', ['first', 'pads', 'value'])],
    ],
    ['a slice', { begin: ints(0, 1, 2, 0), size: ints(-1, 4, 3, 4) }, [node('m', 'Slice', ['first', 'begin', 'size'])]],
    [
      'a strided slice backwards',
      { begin: ints(0, 0), end: ints(0, 0), steps: ints(1, -1) },
      [node('m', 'StridedSlice', ['first', 'begin', 'end', 'steps'], { begin_mask: { i: '3' }, end_mask: { i: '3' } })],
    ],
    ['rows by number', { rows: ints(5, 0, 2), axis }, [node('m', 'GatherV2', ['first', 'rows', 'axis'])]],
    ['a sum that keeps its axis', { axes: ints(1) }, [node('m', 'Sum', ['first', 'axes'], { keep_dims: { b: true } })]],
    [
      'a split joined again',
      { axis },
      [
        node('s', 'Split', ['axis', 'first'], { num_split: { i: '2' } }),
        node('m', 'ConcatV2', ['s:1', 's', 'axis'], { N: { i: '2' } }),
      ],
    ],
    [
      'an axis taken away and put back',
      { axis: weight([], 'int32', [1]), last: ints(1) },
      [
        node('r', 'Sum', ['first', 'last'], { keep_dims: { b: true } }),
        node('q', 'Squeeze', ['r'], { squeeze_dims: integers(1) }),
        node('m', 'ExpandDims', ['q', 'axis']),
      ],
    ],
    [
      'arithmetic with a channel each',
      { a: weight([4]), b: weight([1, 1, 4]) },
      [node('p', 'Mul', ['first', 'a']), node('m', 'Sub', ['p', 'b'])],
    ],
    [
      'resizing',
      { size: ints(12, 9) },
      [node('m', 'ResizeBilinear', ['first', 'size'], { half_pixel_centers: { b: true } })],
    ],
  ])('%s', async (_what, weights, nodes) => {
    expect(count(await between(weights, ...nodes), 'Transpose')).toBe(2);
  });
});

describe('what is added goes into the product before it', () => {
  test('a value for each channel into a convolution', async () => {
    const added = [conv('c', 'x'), node('b', 'BiasAdd', ['c', 'bias']), node('y', 'AddV2', ['b', 'one'])];
    expect(await exported(image, { kernel, bias: weight([4]), one: scalar(1) }, added)).toEqual([
      'Transpose',
      'Conv',
      'Transpose',
    ]);
  });

  test('a value for each column into a product of matrices', async () => {
    const added = [node('m', 'MatMul', ['x', 'w']), node('y', 'AddV2', ['m', 'bias'])];
    expect(await exported([null, 3], { w: weight([3, 5]), bias: weight([5]) }, added)).toEqual(['Gemm']);
  });

  test('not what is read elsewhere, and no value for each place', async () => {
    const read = [conv('c', 'x'), node('b', 'AddV2', ['c', 'bias']), node('y', 'Mul', ['b', 'c'])];
    expect(await exported(image, { kernel, bias: weight([4]) }, read)).toContain('Add');
    const places = [conv('c', 'x'), node('y', 'AddV2', ['c', 'places'])];
    expect(await exported(image, { kernel, places: weight([6, 6, 1]) }, places)).toContain('Add');
  });
});

describe('x · relu6(x + 3) / 6 is x · HardSigmoid', () => {
  const weights = { three: scalar(3), sixth: scalar(1 / 6) };
  const clipped = [node('s', 'AddV2', ['x', 'three']), node('c', 'Relu6', ['s'])];

  test('as Keras writes it', async () => {
    const nodes = [...clipped, node('h', 'Mul', ['c', 'sixth']), node('y', 'Mul', ['h', 'x'])];
    expect(await exported([null, 5], weights, nodes)).toEqual(['HardSigmoid', 'Mul']);
  });

  test('with the factor where TensorFlow moves it', async () => {
    const nodes = [...clipped, node('p', 'Mul', ['x', 'sixth']), node('y', 'Mul', ['p', 'c'])];
    expect(await exported([null, 5], weights, nodes)).toEqual(['HardSigmoid', 'Mul']);
  });

  test('not where what is clipped is read elsewhere', async () => {
    const nodes = [...clipped, node('h', 'Mul', ['c', 'sixth']), node('y', 'Mul', ['h', 'c'])];
    expect(await exported([null, 5], weights, nodes)).toContain('Clip');
  });
});

test('a convolution over time, which TensorFlow makes one over an image of height 1, is one over time', async () => {
  const weights = { kernel: weight([1, 3, 4, 5]), axis: weight([], 'int32', [1]), bias: weight([5]) };
  const nodes = [
    node('e', 'ExpandDims', ['x', 'axis']),
    node('c', 'Conv2D', ['e', 'kernel'], window('SAME', 2)),
    node('s', 'Squeeze', ['c'], { squeeze_dims: integers(1) }),
    node('y', 'BiasAdd', ['s', 'bias']),
  ];
  expect(await exported([null, 9, 4], weights, nodes)).toEqual(['Transpose', 'Conv', 'Transpose']);
});

test('a mean over the image, reshaped for a convolution of 1 × 1, keeps its axes', async () => {
  const nodes = [
    conv('c', 'x'),
    node('m', 'Mean', ['c', 'axes']),
    node('r', 'Reshape', ['m', 'shape']),
    node('y', 'Conv2D', ['r', 'point'], window('SAME')),
  ];
  const weights = { kernel, axes: ints(1, 2), shape: ints(-1, 1, 1, 4), point: weight([1, 1, 4, 3]) };
  const found = await exported(image, weights, nodes);
  expect(found).toEqual(['Transpose', 'Conv', 'ReduceMean', 'Conv', 'Reshape']);
});

test('a convolution between SpaceToBatchND and BatchToSpaceND is one dilated convolution', async () => {
  const weights = {
    kernel,
    block: ints(2, 2),
    pads: weight([2, 2], 'int32', [2, 2, 2, 2]),
    crops: weight([2, 2], 'int32', [0, 0, 0, 1]),
  };
  const nodes = [
    node('s', 'SpaceToBatchND', ['x', 'block', 'pads']),
    conv('c', 's', 'VALID'),
    node('y', 'BatchToSpaceND', ['c', 'block', 'crops']),
  ];
  expect(await exported(image, weights, nodes)).toEqual(['Transpose', 'Conv', 'Transpose']);
});

test('a transposed convolution to twice the size that its input turns out to have is not cut', async () => {
  const bounds = { zero: ints(0), one: ints(1), two: ints(2), three: ints(3) };
  const taken = (name: string, from: string, to: string) =>
    node(name, 'StridedSlice', ['sizes', from, to, 'one'], { shrink_axis_mask: { i: '1' } });
  const weights = {
    ...bounds,
    kernel: weight([3, 3, 5, 4]),
    twice: weight([], 'int32', [2]),
    channels: weight([], 'int32', [5]),
  };
  const nodes = [
    node('sizes', 'Shape', ['x']),
    taken('batch', 'zero', 'one'),
    taken('height', 'one', 'two'),
    taken('width', 'two', 'three'),
    node('h2', 'Mul', ['height', 'twice']),
    node('w2', 'Mul', ['width', 'twice']),
    node('wanted', 'Pack', ['batch', 'h2', 'w2', 'channels'], { axis: { i: '0' } }),
    node('y', 'Conv2DBackpropInput', ['wanted', 'kernel', 'x'], window('SAME', 2)),
  ];
  expect(await exported([2, null, null, 4], weights, nodes)).toEqual(['Transpose', 'ConvTranspose', 'Transpose']);
});
