import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { load } from '../../../inference/node.js';
import { type Serving, serveTiny, tone } from './serve.js';

let serving: Serving;
beforeAll(async () => {
  serving = await serveTiny();
});
afterAll(() => serving.stop());

const get = async (path: string) => {
  const response = await fetch(serving.url + path);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const infer = async (model: string, body: unknown) => {
  const response = await fetch(`${serving.url}/v2/models/${model}/infer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

const samples = tone(0.6);
const input = { name: 'samples', shape: [1, samples.length], datatype: 'FP32', data: [...samples] };

describe('the Open Inference Protocol', () => {
  test('says what is there', async () => {
    expect((await get('/v2')).body).toMatchObject({ name: 'serkit', version: expect.stringMatching(/^\d/) });
    expect((await get('/v2/health/live')).body).toEqual({ live: true });
    expect((await get('/v2/health/ready')).body).toEqual({ ready: true });
    const { body } = await get('/v2/models/features');
    expect(body).toMatchObject({
      name: 'features',
      platform: 'onnxruntime_onnx',
      inputs: [{ name: expect.any(String), datatype: 'FP32', shape: [-1, 12, 32, 1] }],
      outputs: [{ name: 'probabilities', datatype: 'FP32', shape: [-1, 3] }],
    });
    const [version] = body.versions as string[];
    expect((await get(`/v2/models/features/versions/${version}`)).body).toEqual(body);
    expect((await get(`/v2/models/features/versions/${version}/ready`)).body).toEqual({
      name: 'features',
      ready: true,
    });
  });

  test('infers what the library does, in JSON and in bytes', async () => {
    const recognizer = await load(`${serving.folder}/waveform.onnx`, { provider: 'cpu' });
    const { probabilities } = await recognizer.classify(samples, { sampleRateHz: 8000 });
    await recognizer.dispose();
    const { status, body } = await infer('waveform', {
      id: 'x',
      inputs: [input],
      outputs: [{ name: 'probabilities' }],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ model_name: 'waveform', id: 'x' });
    const [output] = body.outputs as { name: string; shape: number[]; data: number[] }[];
    expect([output.name, output.shape]).toEqual(['probabilities', [1, 3]]);
    expect(output.data).toBeAllClose(Object.values(probabilities), { absolute: 1e-6 });

    const { data: _, ...described } = input;
    const head = Buffer.from(
      JSON.stringify({
        inputs: [{ ...described, parameters: { binary_data_size: samples.byteLength } }],
        parameters: { binary_data_output: true },
      }),
    );
    const response = await fetch(`${serving.url}/v2/models/waveform/infer`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', 'inference-header-content-length': String(head.length) },
      body: new Uint8Array(Buffer.concat([head, Buffer.from(samples.buffer)])),
    });
    expect(response.status).toBe(200);
    const bytes = Buffer.from(await response.arrayBuffer());
    const length = Number(response.headers.get('inference-header-content-length'));
    const [binary] = (JSON.parse(String(bytes.subarray(0, length))) as { outputs: (typeof output)[] }).outputs;
    expect(binary).toEqual({
      name: 'probabilities',
      datatype: 'FP32',
      shape: [1, 3],
      parameters: { binary_data_size: 12 },
    });
    const floats = new Float32Array(new Uint8Array(bytes.subarray(length)).buffer);
    expect([...floats]).toEqual(output.data);
  });

  test('takes batches, nested as their shape is', async () => {
    const rows = [tone(0.6), tone(0.6, 8000, 900)];
    const nested = { ...input, shape: [2, rows[0].length], data: rows.map((row) => [...row]) };
    const { body } = await infer('waveform', { inputs: [nested] });
    const [{ shape, data }] = body.outputs as { shape: number[]; data: number[] }[];
    expect(shape).toEqual([2, 3]);
    const alone = await infer('waveform', { inputs: [input] });
    expect(data.slice(0, 3)).toBeAllClose((alone.body.outputs as { data: number[] }[])[0].data, { absolute: 1e-6 });
  });

  const wrong: [string, unknown, RegExp][] = [
    ['no JSON', '{', /JSON/],
    ['no inputs', {}, /inputs/],
    ['another name', { inputs: [{ ...input, name: '__proto__' }] }, /no input/],
    ['another datatype', { inputs: [{ ...input, datatype: 'INT8' }] }, /FP32/],
    ['another rank', { inputs: [{ ...input, shape: [samples.length] }] }, /shape/],
    ['a shape beyond its values', { inputs: [{ ...input, shape: [1, 1e15] }] }, /values/],
    ['a batch of none', { inputs: [{ ...input, shape: [0, 1], data: [] }] }, /batch/],
    ['a batch beyond all measure', { inputs: [{ ...input, shape: [1e9, 1] }] }, /batch/],
    ['values that are none', { inputs: [{ ...input, data: input.data.map(() => 'a') }] }, /no finite number/],
    ['an output that is not there', { inputs: [input], outputs: [{ name: 'toString' }] }, /no output/],
    ['a prototype', '{"inputs":[],"__proto__":{"a":1}}', /./],
  ];
  test.each(wrong)('%s is told in its own words', async (_, body, message) => {
    const { status, body: said } = await infer('waveform', body);
    expect(status).toBe(400);
    expect(Object.keys(said)).toEqual(['error']);
    expect(said.error).toMatch(message);
  });

  test('no such model, no such version', async () => {
    for (const path of ['/v2/models/none', '/v2/models/features/versions/9', '/v2/models/constructor/ready']) {
      const { status, body } = await get(path);
      expect([status, Object.keys(body)]).toEqual([404, ['error']]);
    }
  });
});
