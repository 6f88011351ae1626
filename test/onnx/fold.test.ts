import { describe, expect, test } from '@jest/globals';
import * as ort from 'onnxruntime-node';
import seedrandom from 'seedrandom';
import { numbersOf, tensorOf } from '../../onnx/element-types.js';
import { encode } from '../../onnx/encode.js';
import { fold } from '../../onnx/fold/index.js';
import { type Attribute, Graph, intTensor, type Tensor, type Value } from '../../onnx/graph.js';
import { infer } from '../../onnx/infer/index.js';

type Attributes = Readonly<Record<string, Attribute>>;

interface FoldCase {
  readonly op: string;
  readonly inputs: readonly Tensor[];
  readonly attributes?: Attributes;
}

const random = (
  shape: readonly number[],
  type: 'float32' | 'int32' | 'int64' | 'bool' = 'float32',
  from = -3,
  to = 3,
): Tensor => {
  const draw = seedrandom.alea(`${type} ${shape} ${from}`);
  const values = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => from + draw() * (to - from));
  return tensorOf(
    type,
    shape,
    type === 'bool' ? values.map((value) => Number(value > 0)) : type === 'float32' ? values : values.map(Math.floor),
  );
};
const pair = (type: 'float32' | 'int32' | 'bool', from = -3): Tensor[] => [
  random([2, 3], type, from),
  random([3], type, from + 0.5),
];

/** One case at least of everything that is worked out at export. */
const cases: FoldCase[] = [
  ...['Abs', 'Neg', 'Sign', 'Ceil', 'Floor', 'Round', 'Exp', 'Identity'].map((op) => ({
    op,
    inputs: [random([2, 3])],
  })),
  { op: 'Round', inputs: [tensorOf('float32', [6], [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5])] },
  ...['Log', 'Sqrt', 'Reciprocal'].map((op) => ({ op, inputs: [random([2, 3], 'float32', 0.1)] })),
  ...['Add', 'Sub', 'Mul', 'Max', 'Min', 'Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'].flatMap((op) => [
    { op, inputs: pair('float32') },
    { op, inputs: pair('int32') },
  ]),
  { op: 'Div', inputs: pair('float32') },
  { op: 'Div', inputs: [tensorOf('int32', [4], [7, -7, 7, -7]), tensorOf('int32', [4], [2, 2, -2, -2])] },
  { op: 'Mod', inputs: [tensorOf('int32', [4], [7, -7, 7, -7]), tensorOf('int32', [4], [3, 3, -3, -3])] },
  {
    op: 'Mod',
    inputs: [tensorOf('float32', [4], [7.5, -7.5, 7, -7]), tensorOf('float32', [4], [3, 3, -3, -3])],
    attributes: { fmod: 1 },
  },
  { op: 'Pow', inputs: [random([2, 3], 'float32', 0.1), random([3])] },
  ...['And', 'Or', 'Xor'].map((op) => ({ op, inputs: pair('bool') })),
  { op: 'Not', inputs: [random([5], 'bool')] },
  { op: 'Where', inputs: [random([2, 1], 'bool'), random([3]), random([2, 3])] },
  { op: 'Cast', inputs: [tensorOf('float32', [4], [-1.7, -0.2, 0.2, 1.7])], attributes: { to: 6 } },
  { op: 'Cast', inputs: [tensorOf('float32', [4], [-1.7, 0, 0.2, 1.7])], attributes: { to: 9 } },
  { op: 'Cast', inputs: [random([5], 'bool')], attributes: { to: 1 } },
  { op: 'Cast', inputs: [random([5], 'int64')], attributes: { to: 6 } },
  { op: 'Concat', inputs: [random([2, 3]), random([2, 1])], attributes: { axis: -1 } },
  { op: 'Concat', inputs: [random([1, 3], 'int64'), random([2, 3], 'int64')], attributes: { axis: 0 } },
  { op: 'Expand', inputs: [random([3, 1]), intTensor([2, 1, 4])] },
  { op: 'Flatten', inputs: [random([2, 3, 4])], attributes: { axis: 2 } },
  { op: 'Gather', inputs: [random([3, 4, 2]), tensorOf('int32', [2, 2], [0, -1, 2, 1])], attributes: { axis: 1 } },
  { op: 'Gather', inputs: [random([4], 'int64'), tensorOf('int64', [], [-1])], attributes: { axis: 0 } },
  { op: 'Reshape', inputs: [random([2, 6]), intTensor([0, -1, 2])] },
  {
    op: 'Slice',
    inputs: [random([5, 4]), intTensor([1, -1]), intTensor([4, -100]), intTensor([0, 1]), intTensor([2, -1])],
  },
  { op: 'Slice', inputs: [random([5]), intTensor([-2]), intTensor([1000])] },
  { op: 'Squeeze', inputs: [random([1, 3, 1]), intTensor([0])] },
  { op: 'Unsqueeze', inputs: [random([3]), intTensor([0, -1])] },
  { op: 'Tile', inputs: [random([2, 3]), intTensor([2, 2])] },
  { op: 'Transpose', inputs: [random([2, 3, 4])], attributes: { perm: [2, 0, 1] } },
  {
    op: 'Range',
    inputs: [tensorOf('float32', [], [1]), tensorOf('float32', [], [2.1]), tensorOf('float32', [], [0.25])],
  },
  { op: 'Range', inputs: [tensorOf('int32', [], [5]), tensorOf('int32', [], [-3]), tensorOf('int32', [], [-2])] },
  {
    op: 'ConstantOfShape',
    inputs: [intTensor([2, 3])],
    attributes: { value: { tensor: tensorOf('int32', [1], [7]) } },
  },
  { op: 'ReduceSum', inputs: [random([2, 3, 4]), intTensor([1])], attributes: { keepdims: 0 } },
  ...['ReduceMax', 'ReduceMin', 'ReduceMean', 'ReduceProd'].flatMap((op) => [
    { op, inputs: [random([2, 3, 4])], attributes: { axes: [0, 2], keepdims: 1 } },
    { op, inputs: [random([2, 3])], attributes: { keepdims: 0 } },
  ]),
];

/** The same call in a file, its inputs fed so that nothing is known beforehand. */
async function run({ op, inputs, attributes }: FoldCase): Promise<{ shape: readonly number[]; values: number[] }> {
  const graph = new Graph();
  const known = inputs.map((tensor, i) => graph.constant(`c${i}`, tensor));
  const [output] = infer({ op, name: 'y', inputs: known, attributes: attributes ?? {} }, () => 'unknown');
  const fed = inputs.map(({ type, shape }, i) => graph.input(`in${i}`, type, shape));
  graph.nodes.push({
    op,
    name: 'y',
    inputs: fed,
    output: { name: 'y', ...output, elements: undefined },
    attributes: attributes ?? {},
  });
  graph.outputs = [graph.nodes[0].output];
  const session = await ort.InferenceSession.create(
    encode(graph, { opset: 17, name: 'g', producerVersion: '', metadata: {} }),
  );
  const feeds = Object.fromEntries(
    inputs.map(({ type, shape, data }, i) => [
      `in${i}`,
      new ort.Tensor(type as 'float32', data as Float32Array, shape),
    ]),
  );
  const { y } = await session.run(feeds);
  await session.release();
  return { shape: y.dims, values: Array.from(y.data as ArrayLike<number | bigint>, Number) };
}

describe('what is worked out at export is what onnxruntime would compute', () => {
  test.each(
    cases.map(
      (each) => [`${each.op} ${each.inputs.map(({ type, shape }) => `${type}[${shape}]`).join(' ')}`, each] as const,
    ),
  )('%s', async (_name, foldCase) => {
    const { op, inputs, attributes = {} } = foldCase;
    const values = inputs.map(
      (tensor, i): Value => ({ name: `c${i}`, type: tensor.type, shape: tensor.shape, constant: tensor }),
    );
    const call = { op, name: 'y', inputs: values, attributes };
    const [inferred] = infer(call, () => 'unknown');
    const folded = fold(call, inferred);
    const expected = await run(foldCase);
    expect(folded?.shape).toEqual(expected.shape);
    expect(Float32Array.from(numbersOf(folded!))).toBeAllClose(Float32Array.from(expected.values), { absolute: 1e-6 });
  });
});
