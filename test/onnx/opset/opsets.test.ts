import { describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { InferenceSession } from 'onnxruntime-node';
import { encode } from '../../../onnx/encode.js';
import { Graph } from '../../../onnx/graph.js';
import { toOnnx } from '../../../onnx/index.js';
import { irVersionOf, type Opset, opsets, toOpset } from '../../../onnx/opset/index.js';
import { describeWith } from '../../support/needs.js';
import { decoded } from '../decoded.js';
import { artifactsOf, exported, randomInputs, randomiseWeights, runOnnx } from '../exported.js';
import { layerCases } from '../layer-cases.js';
import { opCases } from '../operations/all-cases.js';
import { expectAccepted } from '../operations/expect-graph.js';
import { artifactsOfCase } from '../operations/op-case.js';
import { type OperatorCase, operatorCases } from './operator-cases.js';

/** Largest gap seen: 9.6e-7 at 11.2, of LayerNormalization written out; of layers 6e-8, AveragePooling3D from 19 on. */
const opsetTolerance = { absolute: 2e-6 };

/** Each class once; all of the recurrent ones, whose operators changed most. */
const chosen = layerCases.filter(
  ({ layer }, i) => layerCases.findIndex((other) => other.layer === layer) === i || /^(GRU|LSTM|RNN)$/.test(layer),
);

const fileOf = ({ title, shape, build }: OperatorCase, opset: Opset): Uint8Array => {
  const graph = new Graph();
  const x = graph.input('x', 'float32', shape);
  graph.outputs = [build(graph, x)];
  toOpset(graph, opset);
  graph.nameConstants();
  return encode(graph, { opset, name: title, producerVersion: '', metadata: {} });
};

const operatorFiles = opsets.flatMap((opset) =>
  operatorCases
    .filter(({ lowest = 13 }) => opset >= lowest)
    .map((each) => ({ opset, bytes: () => fileOf(each, opset) })),
);

describe('the same model in opsets 13 to 22', () => {
  test.each(chosen)('$layer: $title', async ({ layer, title, build }) => {
    const model = build();
    randomiseWeights(model, `${layer} ${title}`);
    const artifacts = await artifactsOf(model);
    const inputs = randomInputs(model, 2, `${layer} ${title}`);
    const expected = await runOnnx(toOnnx(artifacts), inputs);
    for (const opset of opsets) {
      const bytes = toOnnx(artifacts, { opset });
      const { irVersion, opsetImport } = decoded(bytes);
      expect([Number(irVersion), Number(opsetImport[0].version)]).toEqual([irVersionOf(opset), opset]);
      const actual = await runOnnx(bytes, inputs);
      expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
      actual.forEach(({ values }, i) => {
        expect(values).toBeAllClose(expected[i].values, opsetTolerance);
      });
    }
  });

  test.each(operatorCases)('$title', async (each) => {
    const count = each.shape.reduce((a, b) => a * b, 1);
    const x = tf.tensor(
      Array.from({ length: count }, (_, i) => Math.sin(i + 1)),
      [...each.shape],
    );
    const [expected] = await runOnnx(fileOf(each, 17), [x]);
    expect(expected.values.some((value) => value !== 0)).toBe(true);
    for (const opset of opsets) {
      if (opset < (each.lowest ?? 13)) {
        expect(() => fileOf(each, opset)).toThrow(`export with opset ${each.lowest} or later`);
        continue;
      }
      const [actual] = await runOnnx(fileOf(each, opset), [x]);
      expect(actual.shape).toEqual(expected.shape);
      expect(actual.values).toBeAllClose(expected.values, opsetTolerance);
    }
  });

  test.each(opCases.map((each) => [`${each.op}: ${each.title}`, each] as const))('%s', async (_title, opCase) => {
    const artifacts = artifactsOfCase(opCase);
    for (const opset of [13, 18, 20, 22]) {
      let bytes: Uint8Array;
      try {
        bytes = toOnnx(artifacts, { opset });
      } catch (error) {
        expect((error as Error).message).toMatch(/export with opset \d+ or later$/);
        continue;
      }
      const session = await InferenceSession.create(bytes);
      await session.release();
    }
  });

  test('a refusal names the node, its operator, the opset and the lowest that can', () => {
    const trilu = operatorCases.find(({ title }) => title === 'Trilu')!;
    expect(() => fileOf(trilu, 13)).toThrow(
      new TypeError('node "Trilu" (Trilu): opset 13 has no such operator; export with opset 14 or later'),
    );
    const scatter = operatorCases.find(({ title }) => title.includes('adds'))!;
    expect(() => fileOf(scatter, 15)).toThrow(
      'node "ScatterElements" (ScatterElements): opset 15 has no ScatterElements with reduction "add"; export with opset 16 or later',
    );
  });

  test('inside a branch too', () => {
    const graph = new Graph();
    const condition = graph.input('condition', 'bool', []);
    const x = graph.input('x', 'float32', [2, 3]);
    const branch = (op: string) => {
      const inner = new Graph(graph);
      inner.outputs = [inner.add(op, op, [x], [2, 1], { axes: [1], keepdims: 1 })];
      return inner;
    };
    const branches = { then_branch: { graph: branch('ReduceMax') }, else_branch: { graph: branch('ReduceMin') } };
    graph.outputs = [graph.add('If', 'If', [condition], [2, 1], branches)];
    toOpset(graph, 18);
    graph.nameConstants();
    const { attribute } = decoded(encode(graph, { opset: 18, name: 'g', producerVersion: '', metadata: {} })).graph!
      .node[0];
    expect(attribute.map(({ g }) => g!.node[0].input.length)).toEqual([2, 2]);
  });
});

describeWith('python-onnx', "ONNX's own checker, in opsets 13 to 22", () => {
  test('accepts every file', async () => {
    const files = operatorFiles.map(({ bytes }) => bytes());
    for (const { build } of chosen) {
      const model = build();
      for (const opset of opsets) files.push(await exported(model, { opset }));
    }
    expectAccepted(files);
  });
});
