import { describe, expect, test } from '@jest/globals';
import * as tl from '@tensorflow/tfjs-layers';
import { type ModelArtifacts, toOnnx } from '../../onnx/index.js';
import { artifactsOf, randomInputs, randomiseWeights, runOnnx, runTfjs } from './exported.js';

const { layers } = tl;

type Json = Record<string, unknown>;

/** Two dense layers, a sum, and a layer after it; the layers' entries by name. */
async function diamond(): Promise<{ artifacts: ModelArtifacts; entries: Record<string, Json & { config: Json }> }> {
  const input = tl.input({ shape: [3], name: 'in' });
  const [a, b] = ['a', 'b'].map((name) => layers.dense({ name, units: 2 }).apply(input) as tl.SymbolicTensor);
  const sum = layers.add({ name: 'sum' }).apply([a, b]);
  const output = layers.dense({ name: 'out', units: 2 }).apply(sum) as tl.SymbolicTensor;
  const artifacts = (await artifactsOf(tl.model({ inputs: input, outputs: output }))) as ModelArtifacts;
  const modelTopology = structuredClone(artifacts.modelTopology) as { config: { layers: (Json & { config: Json })[] } };
  const entries = Object.fromEntries(modelTopology.config.layers.map((entry) => [String(entry.name), entry]));
  return { artifacts: { ...artifacts, modelTopology }, entries };
}

describe('a broken topology is refused by name', () => {
  test('cycles, long and short', async () => {
    const { artifacts, entries } = await diamond();
    entries.a.inbound_nodes = [[['out', 0, 0, {}]]];
    expect(() => toOnnx(artifacts)).toThrow(
      new SyntaxError('the topology goes round in a circle: out → a → sum → out (supported: graphs without cycles)'),
    );
    entries.a.inbound_nodes = [[['a', 0, 0, {}]]];
    expect(() => toOnnx(artifacts)).toThrow('the topology goes round in a circle: a → a');
  });

  test('references to a layer, a call or an output that is not there', async () => {
    const { artifacts, entries } = await diamond();
    const reading = (reference: unknown) => {
      entries.out.inbound_nodes = [[reference]];
      return () => toOnnx(artifacts);
    };
    expect(reading(['nobody', 0, 0])).toThrow('refers to a layer "nobody" that it does not hold');
    expect(reading(['sum', 3, 0])).toThrow('refers to call 3 of layer "sum", which it does not hold');
    expect(reading(['sum', 0, 1])).toThrow('layer "sum" (Add): the topology refers to output 1 of 1');
    expect(reading(['sum', 0, 'x'])).toThrow('refers to output x of layer "sum"');
    expect(reading('sum')).toThrow('an operation of TensorFlow between layers');
    entries.out.inbound_nodes = [[]];
    expect(() => toOnnx(artifacts)).toThrow('layer "out" (Dense): it has no inputs');
    entries.out.inbound_nodes = [null];
    expect(() => toOnnx(artifacts)).toThrow('layer "out" (Dense): call 0 lists no inputs');
    entries.out.inbound_nodes = 7;
    expect(() => toOnnx(artifacts)).toThrow('layer "out" (Dense): inbound_nodes is no list');
  });

  test('two layers of one name', async () => {
    const { artifacts, entries } = await diamond();
    entries.b.name = 'a';
    expect(() => toOnnx(artifacts)).toThrow('the topology holds two layers "a"');
  });

  test('a chain of five thousand layers is none', async () => {
    const { artifacts } = await diamond();
    const config = { layers: [] as Json[], input_layers: [['in', 0, 0]], output_layers: [['x4999', 0, 0]] };
    config.layers.push({
      class_name: 'InputLayer',
      name: 'in',
      config: { name: 'in', batch_input_shape: [null, 2] },
      inbound_nodes: [],
    });
    for (let i = 0; i < 5000; i++) {
      const inbound = [[[i === 0 ? 'in' : `x${i - 1}`, 0, 0, {}]]];
      config.layers.push({
        class_name: 'Dropout',
        name: `x${i}`,
        config: { name: `x${i}`, rate: 0.5 },
        inbound_nodes: inbound,
      });
    }
    const bytes = toOnnx({
      ...artifacts,
      modelTopology: { class_name: 'Functional', config },
      weightSpecs: [],
      weightData: undefined,
    });
    expect(bytes.length).toBeLessThan(1000);
  });
});

describe('weights that do not fit are refused by name', () => {
  test('other shapes than the configuration has', async () => {
    const { artifacts, entries } = await diamond();
    entries.a.config.units = 5;
    expect(() => toOnnx(artifacts)).toThrow('weight "a/kernel" is [3,2], inputs and configuration ask for [3,5]');
    const conv = (await artifactsOf(
      tl.sequential({ layers: [layers.conv2d({ name: 'c', filters: 2, kernelSize: 3, inputShape: [5, 5, 1] })] }),
    )) as ModelArtifacts;
    const changed = (from: string, to: string) => () =>
      toOnnx({ ...conv, modelTopology: JSON.parse(JSON.stringify(conv.modelTopology).replace(from, to)) });
    expect(changed('"kernel_size":[3,3]', '"kernel_size":[3,2]')).toThrow(
      new RangeError('layer "c" (Conv2D): weight "c/kernel" is [3,3,1,2], inputs and configuration ask for [3,2,1,2]'),
    );
    expect(changed('"filters":2', '"filters":9')).toThrow('ask for [3,3,1,9]');
    expect(changed('[null,5,5,1]', '[null,5,5,4]')).toThrow('ask for [3,3,4,2]');
  });

  test('each recurrent weight', async () => {
    const lstm = (await artifactsOf(
      tl.sequential({
        layers: [layers.lstm({ name: 'l', units: 2, inputShape: [3, 4], recurrentInitializer: 'zeros' })],
      }),
    )) as ModelArtifacts;
    for (const [i, spec] of lstm.weightSpecs!.entries()) {
      const weightSpecs = lstm.weightSpecs!.with(i, { ...spec, shape: [...spec.shape].reverse().concat(1) });
      expect(() => toOnnx({ ...lstm, weightSpecs })).toThrow(`layer "l" (LSTM): weight "${spec.name}" is [`);
    }
  });
});

test('layers of one name in two models inside keep their own settings', async () => {
  const input = tl.input({ shape: [3, 3, 1] });
  const inside = (padding: number) =>
    tl.sequential({ layers: [layers.zeroPadding2d({ name: 'same_name', padding, inputShape: [3, 3, 1] })] });
  const outputs = [1, 2].map((padding) => inside(padding).apply(input) as tl.SymbolicTensor);
  const model = tl.model({ inputs: input, outputs });
  randomiseWeights(model, 'pads');
  const inputs = randomInputs(model, 2, 'pads');
  const actual = await runOnnx(toOnnx((await artifactsOf(model)) as ModelArtifacts), inputs);
  expect(actual).toEqual(runTfjs(model, inputs));
});
