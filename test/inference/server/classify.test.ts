import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { load } from '../../../inference/node.js';
import { decodeAudio, encodeWav, mixToMono } from '../../../pipeline/audio/index.js';
import { fromRoot } from '../../support/paths.js';
import { kindOf, post, problemOf, type Serving, serveTiny, tone } from './serve.js';

let serving: Serving;
beforeAll(async () => {
  serving = await serveTiny();
});
afterAll(() => serving.stop());

const golden = (file: string) => new Uint8Array(readFileSync(fromRoot('test', 'golden', 'audio', file)));
const clip = () => encodeWav(tone(0.7), 8000);

interface Answer {
  model: { name: string; version: string };
  label: string;
  probabilities: Record<string, number>;
  audio: { format: string; sampleRateHz: number; channels: number; seconds: number };
}
const answerOf = async (response: Response): Promise<Answer> => {
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
};

describe('POST /v1/classify', () => {
  const files = ['stereo.flac', 'mono.mp3', 'stereo-vorbis.ogg', 'stereo-opus.ogg', 'mono-piped.flac'];
  const models = ['features', 'waveform'];
  test.each(models.flatMap((model) => files.map((file) => [model, file])))(
    '%s says of %s what the library says, whatever the content type',
    async (model, file) => {
      const recognizer = await load(join(serving.folder, `${model}.onnx`), { provider: 'cpu' });
      const { channels, sampleRateHz } = await decodeAudio(golden(file), file);
      const expected = await recognizer.classify(mixToMono(channels), { sampleRateHz });
      await recognizer.dispose();
      const response = await post(`${serving.url}/v1/classify?model=${model}`, golden(file), {
        'content-type': 'text/plain',
      });
      const answer = await answerOf(response);
      expect(answer.model.name).toBe(model);
      expect(answer.model.version).toMatch(/^[0-9a-f]{12}$/);
      expect(answer.label).toBe(expected.label);
      expect(Object.values(answer.probabilities)).toBeAllClose(Object.values(expected.probabilities), {
        absolute: 1e-6,
      });
      expect(answer.audio).toMatchObject({ sampleRateHz, channels: channels.length });
      expect(answer.audio.seconds).toBeCloseTo(channels[0].length / sampleRateHz, 9);
    },
  );

  test('takes a form, its file under any name, beside fields', async () => {
    const raw = await answerOf(await post(`${serving.url}/v1/classify`, clip()));
    for (const field of ['file', 'a name of its own', 'audio[0]']) {
      const form = new FormData();
      form.append('note', 'hello');
      form.append(field, new Blob([new Uint8Array(clip())]), '../../etc/passwd');
      const answer = await answerOf(await post(`${serving.url}/v1/classify`, form));
      expect(answer.probabilities).toEqual(raw.probabilities);
    }
  });

  test('requests that share a run get each their own answer', async () => {
    const tones = Array.from({ length: 24 }, (_, i) => encodeWav(tone(0.6, 8000, 200 + 100 * i), 8000));
    const alone: Answer[] = [];
    for (const bytes of tones) alone.push(await answerOf(await post(`${serving.url}/v1/classify`, bytes)));
    const mixed = tones.map((bytes, i) => (i % 5 === 4 ? Uint8Array.of(1, 2, 3) : bytes));
    const together = await Promise.all(mixed.map((bytes) => post(`${serving.url}/v1/classify`, bytes)));
    for (const [i, response] of together.entries()) {
      if (i % 5 === 4) expect(await kindOf(response)).toBe('422 audio');
      else
        expect(Object.values((await answerOf(response)).probabilities)).toBeAllClose(
          Object.values(alone[i].probabilities),
          { absolute: 1e-6 },
        );
    }
    const metrics = await (await fetch(`${serving.url}/metrics`)).text();
    const shared = /serkit_batch_size_sum (\d+)[\s\S]*serkit_batch_size_count (\d+)/.exec(metrics)!;
    expect(Number(shared[1])).toBeGreaterThan(Number(shared[2])); // some did share
  });
});

describe('what cannot be answered is a problem with one line', () => {
  test.each(['nobody', '__proto__', 'constructor', 'toString', '../features', '%00'])('the model %s', async (name) => {
    expect(await kindOf(await post(`${serving.url}/v1/classify?model=${name}`, clip()))).toBe('404 no-such-model');
  });

  const half = golden('stereo.flac').subarray(0, 6000);
  const cases: [string, Uint8Array, RegExp][] = [
    ['text', new TextEncoder().encode('Hello, this is no sound.'), /not a sound file of a known format/],
    ['a FLAC cut short', half, /cut short or damaged/],
    ['half an MP3', golden('stereo.mp3').subarray(0, 2000), /cut short/],
    ['half an Ogg', golden('stereo-vorbis.ogg').subarray(0, 5000), /cut short/],
    ['a WAV without samples', clip().subarray(0, 44), /promises/],
    ['a WAV at no rate', clip().fill(0, 24, 28), /0 Hz/],
    ['a page of markup', new TextEncoder().encode('<script>alert(1)</script>'), /not a sound file/],
  ];
  test.each(cases)('%s', async (_, bytes, detail) => {
    const response = await post(`${serving.url}/v1/classify`, bytes);
    const problem = await problemOf(response);
    expect([problem.status, problem.type]).toEqual([422, 'urn:serkit:problem:audio']);
    expect(problem.detail).toMatch(detail);
    expect(response.headers.get('x-request-id')).toBe(problem.instance.replace('urn:uuid:', ''));
  });

  test('no body', async () => {
    expect(await kindOf(await fetch(`${serving.url}/v1/classify`, { method: 'POST' }))).toBe('400 bad-request');
    expect(await kindOf(await post(`${serving.url}/v1/classify`, new Uint8Array(0)))).toBe('400 bad-request');
  });

  const boundary = { 'content-type': 'multipart/form-data; boundary=x' };
  const forms: [string, string, Record<string, string>][] = [
    ['no boundary', 'hello', { 'content-type': 'multipart/form-data' }],
    ['garbage', 'this is not a form at all', boundary],
    [
      'an end that does not come',
      '--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\nRIFF',
      boundary,
    ],
    ['no file', '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nhello\r\n--x--\r\n', boundary],
    [
      'a field that would be a prototype',
      '--x\r\nContent-Disposition: form-data; name="__proto__"\r\n\r\nhello\r\n--x--\r\n',
      boundary,
    ],
  ];
  test.each(forms)('a form with %s', async (_, body, headers) => {
    expect(await kindOf(await post(`${serving.url}/v1/classify`, body, headers))).toMatch(
      /^(400 bad-request|422 audio)$/,
    );
  });

  test('no such route, no such method', async () => {
    expect(await kindOf(await fetch(`${serving.url}/v1/nothing`))).toBe('404 not-found');
    expect(await kindOf(await fetch(`${serving.url}/v1/classify`))).toBe('404 not-found');
  });
});

test('OpenAPI describes the routes, and its page fetches nothing from elsewhere', async () => {
  const document = (await (await fetch(`${serving.url}/docs/json`)).json()) as {
    openapi: string;
    paths: Record<string, { post?: { requestBody?: { content: object }; responses: object } }>;
  };
  expect(document.openapi).toMatch(/^3\./);
  const { post: operation } = document.paths['/v1/classify'];
  expect(Object.keys(operation!.requestBody!.content)).toEqual(['application/octet-stream', 'multipart/form-data']);
  expect(Object.keys(operation!.responses)).toEqual(expect.arrayContaining(['200', '413', '422', '503', '504']));
  const page = await fetch(`${serving.url}/docs/`);
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'self'/);
  expect(await page.text()).not.toMatch(/(src|href)="(https?:)?\/\//);
});
