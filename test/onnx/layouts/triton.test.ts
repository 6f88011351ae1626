import { describe, expect, test } from '@jest/globals';
import * as tl from '@tensorflow/tfjs-layers';
import { tritonFolder } from '../../../onnx/index.js';
import { tinyMetadata } from '../../inference/tiny.js';
import { tinyWaveformFile } from '../../inference/tiny-waveform.js';
import { exported } from '../exported.js';
import { parsePbtxt } from './pbtxt.js';

/** Of model_config.proto (triton-inference-server/common) what is written here: field → kind. A list may be repeated. */
const schema: Record<string, Record<string, string>> = {
  ModelConfig: {
    ...{ name: 'string', platform: 'string', max_batch_size: 'number', dynamic_batching: 'ModelDynamicBatching' },
    ...{ input: 'ModelInput[]', output: 'ModelOutput[]' },
  },
  ModelInput: { name: 'string', data_type: 'enum', dims: 'number[]', reshape: 'ModelTensorReshape' },
  ModelOutput: {
    ...{ name: 'string', data_type: 'enum', dims: 'number[]', reshape: 'ModelTensorReshape', label_filename: 'string' },
  },
  ModelTensorReshape: { shape: 'number[]' },
  ModelDynamicBatching: {},
};

function assertSchema(message: string, value: Record<string, unknown>): void {
  for (const [field, found] of Object.entries(value)) {
    const kind = schema[message][field];
    if (!kind) throw new Error(`${message} has no field ${field}`);
    const items = kind.endsWith('[]') ? (found as unknown[]) : [found];
    for (const item of items) {
      const of = kind.replace('[]', '');
      if (schema[of]) assertSchema(of, item as Record<string, unknown>);
      else if (of === 'enum') expect(item).toMatch(/^TYPE_(FP32|FP16|FP64|BOOL|STRING|U?INT(8|16|32|64))$/);
      else expect(typeof item).toBe(of);
    }
  }
}

const configOf = (folder: ReturnType<typeof tritonFolder>) => parsePbtxt(String(folder['config.pbtxt']));

describe('a model of a Triton repository', () => {
  test('is named, batched and labelled as the server wants it', async () => {
    const model = await tinyWaveformFile();
    const folder = tritonFolder({ name: 'emotions', model, labels: { probabilities: tinyMetadata.labels } });
    expect(Object.keys(folder).sort()).toEqual(['1/model.onnx', 'config.pbtxt', 'labels_probabilities.txt']);
    expect(folder['1/model.onnx']).toBe(model);
    expect(folder['labels_probabilities.txt']).toBe('calm\nangry\nsad\n');
    const config = configOf(folder);
    assertSchema('ModelConfig', config);
    expect(config).toEqual({
      name: 'emotions',
      platform: 'onnxruntime_onnx',
      max_batch_size: 32,
      input: [{ name: 'samples', data_type: 'TYPE_FP32', dims: [-1] }],
      output: [
        { name: 'probabilities', data_type: 'TYPE_FP32', dims: [3], label_filename: 'labels_probabilities.txt' },
      ],
      dynamic_batching: {},
    });
  });

  test('of a fixed batch takes requests as they are', async () => {
    const input = tl.input({ batchShape: [2, 5] });
    const output = tl.layers.dense({ name: 'd', units: 4 }).apply(input) as tl.SymbolicTensor;
    const config = configOf(
      tritonFolder({ name: 'fixed-1', model: await exported(tl.model({ inputs: input, outputs: output })) }),
    );
    assertSchema('ModelConfig', config);
    expect(config).toMatchObject({ max_batch_size: 0, input: [{ dims: [2, 5] }], output: [{ dims: [2, 4] }] });
    expect(config).not.toHaveProperty('dynamic_batching');
  });

  test('of single numbers a request still has an axis', async () => {
    const input = tl.input({ shape: [], name: 'x' });
    const model = tl.model({
      inputs: input,
      outputs: tl.layers.activation({ activation: 'tanh' }).apply(input) as tl.SymbolicTensor,
    });
    const config = configOf(tritonFolder({ name: 'm', model: await exported(model) }));
    assertSchema('ModelConfig', config);
    expect(config).toMatchObject({ input: [{ name: 'x', dims: [1], reshape: { shape: [] } }] });
  });

  test('what makes none says so', async () => {
    const model = await tinyWaveformFile();
    expect(() => tritonFolder({ name: 'a/b', model })).toThrow(
      'model name "a/b" is no folder\'s (supported: letters, digits, "_", "-" and ".")',
    );
    expect(() => tritonFolder({ name: 'a', model, labels: { p: [] } })).toThrow(
      'labels are given for the output "p", which the model has not (it has: probabilities)',
    );
    expect(() => tritonFolder({ name: 'a', model, labels: { probabilities: ['x'] } })).toThrow(
      '1 labels are given for the 3 columns of the output "probabilities"',
    );
    expect(() => tritonFolder({ name: 'a', model, labels: { probabilities: ['x', 'y\nz', 'a'] } })).toThrow(
      'label "y\\nz"',
    );
    expect(() => tritonFolder({ name: 'a', model: new Uint8Array([1, 2, 3]) })).toThrow(SyntaxError);
    expect(() => tritonFolder({ name: 'a', model: new Uint8Array() })).toThrow(SyntaxError);
  });
});
