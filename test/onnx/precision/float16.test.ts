import { describe, expect, test } from '@jest/globals';
import * as tl from '@tensorflow/tfjs-layers';
import { encode } from '../../../onnx/encode.js';
import { floatTensor, Graph, type Value } from '../../../onnx/graph.js';
import { toOnnx } from '../../../onnx/index.js';
import { toPrecision } from '../../../onnx/precision/index.js';
import { TensorProto_DataType as DataType } from '../../../onnx/proto/onnx_pb.js';
import { reportCnn, reportCnnLstm } from '../cnn.js';
import { decoded, operators } from '../decoded.js';
import { artifactsOf, randomInputs, randomiseWeights, runOnnx } from '../exported.js';
import { layerCases } from '../layer-cases.js';

/** binary16 keeps 11 bits: 5e-4 of each number. Largest gap seen over all layer cases at outputs near 4: see below. */
const halfTolerance = { absolute: 2e-2 };

/** Largest |Δp| seen. */
const probabilityTolerance = { absolute: 2e-3 };

describe('layers in float16', () => {
  test.each(layerCases)('$layer: $title', async ({ layer, title, build }) => {
    const model = build();
    randomiseWeights(model, `${layer} ${title}`);
    const artifacts = await artifactsOf(model);
    const inputs = randomInputs(model, 2, `${layer} ${title}`);
    const expected = await runOnnx(toOnnx(artifacts), inputs);
    const actual = await runOnnx(toOnnx(artifacts, { precision: 'fp16' }), inputs);
    actual.forEach(({ shape, values }, i) => {
      expect(shape).toEqual(expected[i].shape);
      expect(values).toBeInstanceOf(Float32Array);
      expect(values).toBeAllClose(expected[i].values, halfTolerance);
    });
  });
});

describe('whole models in float16', () => {
  test.each([reportCnn, reportCnnLstm])('%p: half the bytes, the same probabilities', async (build) => {
    const model = build();
    randomiseWeights(model, model.name);
    const artifacts = await artifactsOf(model);
    const [whole, half] = [toOnnx(artifacts), toOnnx(artifacts, { precision: 'fp16' })];
    expect(half.length).toBeLessThan(0.53 * whole.length);
    const inputs = randomInputs(model, 1, 'half');
    const [[expected], [actual]] = [await runOnnx(whole, inputs), await runOnnx(half, inputs)];
    expect(actual.values).toBeAllClose(expected.values, probabilityTolerance);
    expect(Buffer.compare(half, toOnnx(artifacts, { precision: 'fp16' }))).toBe(0);
  });

  test('inputs and outputs are float32 under their names, weights float16, softmax float32', async () => {
    const model = tl.sequential({
      layers: [
        tl.layers.dense({ name: 'hidden', units: 300, inputShape: [4], activation: 'relu' }),
        tl.layers.dense({ name: 'last', units: 3, activation: 'softmax' }),
      ],
    });
    const bytes = toOnnx(await artifactsOf(model), { precision: 'fp16', outputNames: ['probabilities'] });
    const graph = decoded(bytes).graph!;
    const typeOf = (name: string) => {
      const info = [...graph.input, ...graph.output, ...graph.valueInfo].find((value) => value.name === name)!;
      return info.type!.value.case === 'tensorType' ? info.type!.value.value.elemType : undefined;
    };
    expect(operators(bytes)).toEqual(['Cast', 'Gemm', 'Relu', 'Gemm', 'Cast', 'Softmax']);
    expect([graph.input[0].name, typeOf(graph.input[0].name)]).toEqual([graph.input[0].name, DataType.FLOAT]);
    expect([graph.output[0].name, typeOf('probabilities')]).toEqual(['probabilities', DataType.FLOAT]);
    expect(graph.initializer.map(({ dataType }) => dataType)).toEqual(new Array(4).fill(DataType.FLOAT16));
  });
});

/** A graph of `build` over x, in float16, and what it answers. */
async function answer(values: number[], build: (graph: Graph, x: Value) => Value) {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [values.length]);
  graph.outputs = [build(graph, x)];
  toPrecision(graph, 'fp16');
  graph.nameConstants();
  const bytes = encode(graph, { opset: 17, name: 'g', producerVersion: '', metadata: {} });
  const tf = await import('@tensorflow/tfjs-core');
  const [{ values: answers }] = await runOnnx(bytes, [tf.tensor(values)]);
  return { bytes, answers };
}

const scalar = (graph: Graph, value: number): Value => graph.constant('scalar', floatTensor([], [value]));

describe('what binary16 cannot hold stays in float32', () => {
  test('a constant beyond 65504', async () => {
    const { answers } = await answer([1, 2], (graph, x) => graph.add('Add', 'shifted', [x, scalar(graph, -1e9)]));
    expect([...answers]).toEqual([-1e9, -1e9]);
  });

  test('a constant that would be zero, or lose more than a thousandth', async () => {
    for (const small of [1e-7, 1e-12]) {
      const { answers } = await answer([0, 0], (graph, x) => graph.add('Add', 'shifted', [x, scalar(graph, small)]));
      expect([...answers]).toEqual([Math.fround(small), Math.fround(small)]);
    }
  });

  test('squares, powers, sums', async () => {
    const { answers } = await answer([300, 400], (graph, x) => {
      const squares = graph.add('Mul', 'squares', [x, x]);
      return graph.add('Sqrt', 'norm', [graph.add('ReduceSum', 'sum', [squares])]);
    });
    expect([...answers]).toEqual([500]);
  });

  test('the front end, its weights too', async () => {
    const kernel = floatTensor([1, 300], new Array(300).fill(1.0001));
    const { bytes } = await answer([1], (graph, x) => {
      const row = graph.add('Unsqueeze', 'front_end/row', [
        x,
        graph.constant('front_end/axis', { type: 'int64', shape: [1], data: BigInt64Array.of(0n) }),
      ]);
      return graph.add('MatMul', 'front_end/MatMul', [row, graph.constant('front_end/kernel', kernel)]);
    });
    expect(operators(bytes)).toEqual(['Unsqueeze', 'MatMul']);
    const weights = decoded(bytes).graph!.initializer.find(({ name }) => name === 'front_end/kernel')!;
    expect(weights.dataType).toBe(DataType.FLOAT);
  });

  test('what a branch reads of the graph around it', async () => {
    const { answers } = await answer([1, -2], (graph, x) => {
      const bent = graph.add('Relu', 'bent', [graph.add('Add', 'sum', [x, x])]);
      const most = graph.add('ReduceMax', 'most', [bent], [], { axes: [0], keepdims: 0 });
      const condition = graph.add('Greater', 'condition', [most, scalar(graph, 0)], []);
      const branch = (sign: string) => {
        const inner = new Graph(graph);
        inner.outputs = [inner.add(sign, sign, [bent])];
        return { graph: inner };
      };
      const branches = { then_branch: branch('Neg'), else_branch: branch('Abs') };
      return Object.assign(graph.add('If', 'If', [condition], [2], branches), { type: 'float32' });
    });
    expect([...answers]).toEqual([-2, -0]);
  });
});
