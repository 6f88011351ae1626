import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import WebSocket from 'ws';
import { load } from '../../../inference/node.js';
import { encodeWav } from '../../../pipeline/audio/index.js';
import { kindOf, post, type Serving, serveTiny, tone } from './serve.js';

let serving: Serving;
let url: string;
beforeAll(async () => {
  serving = await serveTiny({ maxStreams: 3, streamIdleSeconds: 1 });
  url = serving.url.replace('http', 'ws');
});
afterAll(() => serving.stop());

interface Heard {
  messages: Record<string, unknown>[];
  code: number;
}

/** All that a stream says to these messages, and how it closes. */
function stream(messages: readonly (string | Uint8Array)[], query = '', headers = {}): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url}/v1/stream${query}`, { headers });
    const heard: Heard['messages'] = [];
    socket.on('open', () => {
      for (const message of messages) socket.send(message);
    });
    socket.on('message', (data) => heard.push(JSON.parse(String(data))));
    socket.on('close', (code) => resolve({ messages: heard, code }));
    socket.on('unexpected-response', (_, response) => reject(new Error(`${response.statusCode}`)));
    socket.on('error', reject);
  });
}

const begin = JSON.stringify({ sampleRateHz: 8000, hopSeconds: 0.25 });
const end = JSON.stringify({ end: true });
const bytesOf = (samples: Float32Array) => new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);

describe('WS /v1/stream', () => {
  const samples = tone(2.1);
  test.each(['features', 'waveform'])('%s says what recognizer.stream says, whatever the blocks', async (model) => {
    const recognizer = await load(`${serving.folder}/${model}.onnx`, { provider: 'cpu' });
    const { readable, writable } = recognizer.stream({ sampleRateHz: 8000, hopSeconds: 0.25 });
    const writer = writable.getWriter();
    void writer.write(samples).then(() => writer.close());
    const expected: unknown[] = [];
    const reader = readable.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) expected.push(next.value);
    await recognizer.dispose();
    const blocks = [0, 1, 17, 900, 8000, 8001].map((start, i, starts) =>
      bytesOf(samples.subarray(start, starts[i + 1])),
    );
    const { messages, code } = await stream([begin, ...blocks, end], `?model=${model}`);
    expect(expected.length).toBeGreaterThan(5);
    expect(messages).toEqual(JSON.parse(JSON.stringify(expected)));
    expect(code).toBe(1000);
  });

  test('takes 16-bit samples', async () => {
    const ints = Int16Array.from(samples, (sample) => Math.round(sample * 32_768));
    const floats = Float32Array.from(ints, (sample) => sample / 32_768);
    const fromInts = await stream([
      JSON.stringify({ sampleRateHz: 8000, encoding: 's16le' }),
      new Uint8Array(ints.buffer),
      end,
    ]);
    const fromFloats = await stream([JSON.stringify({ sampleRateHz: 8000 }), bytesOf(floats), end]);
    expect(fromInts.messages).toEqual(fromFloats.messages);
    expect(fromInts.messages.length).toBeGreaterThan(0);
  });

  test.each([
    ['bytes first', [new Uint8Array(4)]],
    ['no JSON', ['hello']],
    ['no rate', ['{}']],
    ['an unknown field', ['{"sampleRateHz":8000,"__proto__x":1}']],
    ['a hop longer than can be', ['{"sampleRateHz":8000,"hopSeconds":1e9}']],
    ['text amid bytes', [begin, 'more']],
    ['a part of a sample', [begin, new Uint8Array(3)]],
    ['NaN', [begin, bytesOf(Float32Array.of(0, Number.NaN))]],
    ['silence for longer than it may', [begin]],
  ])('%s closes it with a problem', async (_, messages) => {
    const { messages: said, code } = await stream(messages as (string | Uint8Array)[]);
    expect(said.at(-1)).toMatchObject({
      type: expect.stringMatching(/^urn:serkit:problem:(bad-request|request-timeout)$/),
    });
    expect(code).toBe(1008);
  });

  test('refuses before it opens: an unknown model, a page from elsewhere, one stream too many', async () => {
    await expect(stream([], '?model=none')).rejects.toThrow('404');
    await expect(stream([], '', { origin: 'http://elsewhere.example' })).rejects.toThrow('403');
    const open = [1, 2, 3].map(() => stream([begin]));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await expect(stream([begin])).rejects.toThrow('503');
    for (const { code } of await Promise.all(open)) expect(code).toBe(1008); // idle
    expect(await kindOf(await fetch(`${serving.url}/v1/stream`))).toMatch(/^4/);
  });
});

describe('POST /v1/timeline', () => {
  test('says of a recording what the library says', async () => {
    const samples = tone(2);
    const wav = encodeWav(samples, 8000);
    const recognizer = await load(`${serving.folder}/features.onnx`, { provider: 'cpu' });
    const rounded = samples.map((sample) => Math.round(sample * 32_768) / 32_768);
    const expected = await recognizer.timeline(rounded, { sampleRateHz: 8000, hopSeconds: 0.5 });
    await recognizer.dispose();
    const response = await post(`${serving.url}/v1/timeline?hopSeconds=0.5`, wav);
    expect(response.status).toBe(200);
    const { moments, audio } = (await response.json()) as { moments: unknown[]; audio: { seconds: number } };
    expect(moments).toEqual(JSON.parse(JSON.stringify(expected)));
    expect(audio.seconds).toBe(2);
  });

  test.each(['0', '-1', 'x', '1e9', 'Infinity'])('a hop of %s is refused', async (hop) => {
    const response = await post(`${serving.url}/v1/timeline?hopSeconds=${hop}`, encodeWav(tone(1), 8000));
    expect(await kindOf(response)).toBe('400 bad-request');
  });
});
