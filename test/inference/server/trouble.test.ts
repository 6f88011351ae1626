import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import WebSocket from 'ws';
import { encodeWav } from '../../../pipeline/audio/index.js';
import { tinyFile, tinyMetadata } from '../tiny.js';
import { kindOf, post, type Serving, serveTiny, slowWav, tone, until } from './serve.js';

const clip = () => encodeWav(tone(0.7), 8000);
const KEY = 'a-key-of-some-length';

let serving: Serving;
let url: string;
beforeAll(async () => {
  slowWav();
  serving = await serveTiny({ maxBatch: 2 });
  url = `${serving.url}/v1/classify`;
});
afterAll(() => serving.stop());

const metric = async (name: string): Promise<number> => {
  const text = await (await fetch(`${serving.url}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')[1] ?? 0,
  );
};
const versionOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { model: { version: string } }).model.version;

test('a worker that is killed: what it had is 503, the others and the next ones are answered', async () => {
  const asked = Array.from({ length: 8 }, () => post(url, slowWav()));
  await until(async () => (await metric('serkit_queue_length')) >= 2);
  await serving.ask('kill a worker');
  const kinds = await Promise.all(
    (await Promise.all(asked)).map(async (response) => (response.status === 200 ? '200' : kindOf(response))),
  );
  expect(new Set(kinds)).toEqual(new Set(['200', '503 worker-died']));
  expect(kinds.filter((kind) => kind !== '200').length).toBeLessThanOrEqual(2); // what shared its run
  for (let i = 0; i < 10; i++) expect((await post(url, clip())).status).toBe(200);
  await until(async () => (await metric('serkit_workers')) >= 2);
  expect(await metric('serkit_worker_deaths_total')).toBe(1);
});

describe('a model file that changes', () => {
  test('takes over without a request being dropped', async () => {
    const before = await versionOf(await post(url, clip()));
    writeFileSync(join(serving.folder, 'next'), await tinyFile({}, { metadata: { ...tinyMetadata, seed: '8' } }));
    renameSync(join(serving.folder, 'next'), join(serving.folder, 'features.onnx'));
    let asking = true;
    const versions: string[] = [];
    const askers = Array.from({ length: 4 }, async () => {
      while (asking) {
        const response = await post(url, clip());
        expect(response.status).toBe(200);
        versions.push(await versionOf(response));
      }
    });
    await serving.ask('reload');
    const after = await versionOf(await post(url, clip()));
    asking = false;
    await Promise.all(askers);
    expect(after).not.toBe(before);
    expect(new Set([...versions, before])).toEqual(new Set([before, after]));
  });

  test('to rubbish: the old one goes on, the log and the figures say so, once', async () => {
    const before = await versionOf(await post(url, clip()));
    const good = await tinyFile();
    for (const rubbish of [new Uint8Array(0), new TextEncoder().encode('<html>'), good.subarray(0, good.length / 2)]) {
      writeFileSync(join(serving.folder, 'features.onnx'), rubbish);
      await serving.ask('reload');
      await serving.ask('reload');
      expect(await versionOf(await post(url, clip()))).toBe(before);
    }
    expect(await metric('serkit_model_loads_total{model="features",outcome="refused"}')).toBe(3);
    expect(serving.log().match(/a model file cannot be used/g)).toHaveLength(3);
    expect(serving.log()).toMatch(/features\.onnx: the file is empty/);
  });

  test('a model more is there after a look, and one that is gone goes on', async () => {
    writeFileSync(join(serving.folder, 'more.onnx'), await tinyFile({}, { metadata: { ...tinyMetadata, seed: '9' } }));
    await serving.ask('reload');
    expect((await post(`${url}?model=more`, clip())).status).toBe(200);
  });
});

test('the log has requests, and nothing of what was sent or who asked', async () => {
  await post(`${url}?model=features&api_key=${encodeURIComponent('a secret')}`, clip(), {
    authorization: 'Bearer another-secret',
  });
  const lines = serving
    .log()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.some(({ req }) => (req as { path?: string })?.path === '/v1/classify')).toBe(true);
  expect(lines.every((line) => typeof line.time === 'number')).toBe(true);
  expect(serving.log()).not.toMatch(/secret|api_key|RIFF/);
});

describe('keys, origins and headers', () => {
  let closed: Serving;
  beforeAll(async () => {
    closed = await serveTiny({ apiKeys: [KEY, 'another-key-here'], corsOrigins: ['https://page.example'] });
  });
  afterAll(() => closed.stop());
  const ask = (headers: Record<string, string>) => post(`${closed.url}/v1/classify`, clip(), headers);

  test('only those with a key are let in, whichever way they bring it', async () => {
    const refused: Record<string, string>[] = [
      {},
      { 'x-api-key': 'another-key' },
      { 'x-api-key': '' },
      { authorization: `Bearer ${KEY}x` },
      { authorization: `Basic ${KEY}` },
    ];
    for (const headers of refused) expect(await kindOf(await ask(headers))).toBe('401 unauthorized');
    expect((await ask({ authorization: `Bearer ${KEY}` })).status).toBe(200);
    expect((await ask({ 'x-api-key': KEY })).status).toBe(200);
    expect((await ask({ 'x-api-key': 'another-key-here' })).status).toBe(200);
    for (const path of ['/metrics', '/v2', '/v2/models/features', '/v1/nothing', '/v1/stream'])
      expect((await fetch(closed.url + path)).status).toBe(401);
    for (const path of ['/healthz', '/readyz', '/v2/health/ready', '/v2/health/live', '/docs/json'])
      expect((await fetch(closed.url + path)).status).toBe(200);
  });

  test('pages of the origins that were named may ask, others not', async () => {
    const preflight = (origin: string) =>
      fetch(`${closed.url}/v1/classify`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-api-key' },
      });
    const named = await preflight('https://page.example');
    expect(named.headers.get('access-control-allow-origin')).toBe('https://page.example');
    expect((await preflight('https://other.example')).headers.get('access-control-allow-origin')).toBeNull();
    const open = await fetch(`${serving.url}/healthz`, { headers: { origin: 'https://page.example' } });
    expect(open.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('answers tell browsers to make nothing else of them', async () => {
    const { headers } = await fetch(`${serving.url}/healthz`);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cache-control': 'no-store',
    });
  });
});

test('told to end under load, it finishes what it took and closes streams with 1001', async () => {
  const ending = await serveTiny({ maxBatch: 1 });
  try {
    const socket = new WebSocket(`${ending.url.replace('http', 'ws')}/v1/stream`);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    const asked = Array.from({ length: 8 }, () => post(`${ending.url}/v1/classify`, slowWav()));
    const queued = async () =>
      Number(/^serkit_queue_length (\d+)$/m.exec(await (await fetch(`${ending.url}/metrics`)).text())![1]);
    await until(async () => (await queued()) >= 3);
    const ended = ending.ask('close');
    for (const { status } of await Promise.all(asked)) expect(status).toBe(200);
    expect((await closed)[0]).toBe(1001);
    await ended;
    await expect(fetch(`${ending.url}/healthz`)).rejects.toThrow();
  } finally {
    await ending.stop();
  }
});
