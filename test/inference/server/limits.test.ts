import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { encodeWav } from '../../../pipeline/audio/index.js';
import { flacOfSilence } from './flac-of-silence.js';
import { kindOf, post, problemOf, type Serving, serveTiny, slowWav, tone, until } from './serve.js';

const MAX_BODY_BYTES = 10 * 2 ** 20;
let serving: Serving;
let url: string;
beforeAll(async () => {
  serving = await serveTiny({
    maxBodyBytes: MAX_BODY_BYTES,
    maxAudioSeconds: 100,
    workers: 1,
    headersTimeoutSeconds: 1,
    bodyTimeoutSeconds: 2,
  });
  url = `${serving.url}/v1/classify`;
});
afterAll(() => serving.stop());

const clip = () => encodeWav(tone(0.7), 8000);
const expectServing = async () => expect((await post(url, clip())).status).toBe(200);

/** A connection that has said this much. */
async function saying(text: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

async function heardOf(socket: Socket): Promise<string> {
  let text = '';
  for await (const data of socket) text += data;
  return text;
}

describe('bytes', () => {
  test('a body that says it is too large is refused before it comes', async () => {
    const socket = await saying(
      `POST /v1/classify HTTP/1.1\r\nHost: x\r\nContent-Length: ${MAX_BODY_BYTES + 1}\r\n\r\n`,
    );
    const heard = await heardOf(socket);
    expect(heard).toMatch(/^HTTP\/1\.1 413 /);
    expect(heard).toContain('urn:serkit:problem:body-too-large');
  });

  test('one that does not say it is refused when it has become so', async () => {
    let pieces = 0; // one too many, and then it stays open
    const endless = new ReadableStream({
      async pull(controller) {
        if (pieces++ <= MAX_BODY_BYTES / 2 ** 20) controller.enqueue(new Uint8Array(2 ** 20));
        else await new Promise(() => {});
      },
    });
    const sent = fetch(url, { method: 'POST', body: endless, duplex: 'half' } as RequestInit);
    // The answer may come while the upload goes on, or the connection end before it was read.
    const kind = await sent.then(kindOf, () => 'closed');
    expect(['413 body-too-large', 'closed']).toContain(kind);
    await expectServing();
  });

  test('so is a file in a form', async () => {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(MAX_BODY_BYTES + 1)]));
    expect(await post(url, form).then(kindOf, () => 'closed')).toMatch(/^(413 body-too-large|closed)$/);
    await expectServing();
  });
});

describe('seconds', () => {
  test('an hour of audio is refused by its header', async () => {
    const hour = encodeWav(new Float32Array(3600 * 1000), 1000);
    expect(await kindOf(await post(url, hour))).toBe('422 audio-too-long');
  });

  const hour = 7032; // blocks of 4096 samples at 8 kHz
  test.each([
    ['says so', flacOfSilence(hour, hour * 4096), '422 audio-too-long'],
    ['leaves its length open', flacOfSilence(hour, 0), '422 audio-too-long'],
    ['claims a second', flacOfSilence(hour, 8000), '422 audio'],
    ['has eight channels and leaves its length open', flacOfSilence(20_000, 0, 8), '422 audio-too-long'],
  ])('an hour of silence in a FLAC that %s', async (_, bytes, kind) => {
    expect(bytes.length).toBeLessThan(1e6);
    expect(await kindOf(await post(url, bytes))).toBe(kind);
    await expectServing();
  });

  test('silence within the limit is answered', async () => {
    const response = await post(url, flacOfSilence(48, 0));
    expect(response.status).toBe(200);
    const { audio, warnings } = (await response.json()) as { audio: { seconds: number }; warnings: string[] };
    expect(audio.seconds).toBeCloseTo((48 * 4096) / 8000, 9);
    expect(warnings).toEqual([expect.stringMatching(/silent/)]);
  });
});

describe('time and sockets', () => {
  test('whoever trickles headers or a body is told 408', async () => {
    const headers = await saying('POST /v1/classify HTTP/1.1\r\nHost: x\r\nX-A: b');
    const body = await saying('POST /v1/classify HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nRIFF');
    const drip = setInterval(() => body.write('x'), 300);
    await expectServing();
    for (const heard of await Promise.all([heardOf(headers), heardOf(body)])) {
      expect(heard).toMatch(/^HTTP\/1\.1 408 /);
      expect(heard).toContain('urn:serkit:problem:request-timeout');
    }
    clearInterval(drip);
  });

  test('what is no HTTP is told 400', async () => {
    const socket = await saying('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n');
    expect(await heardOf(socket)).toMatch(/^HTTP\/1\.1 400 [\s\S]*urn:serkit:problem:bad-request/);
  });

  test('those who hang up inside an upload leave nothing behind', async () => {
    for (let i = 0; i < 50; i++) {
      const socket = await saying(
        'POST /v1/classify HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nRIFF....WAVE',
      );
      socket.destroy();
    }
    await expectServing();
    const metrics = async () => (await fetch(`${serving.url}/metrics`)).text();
    await until(async () => /^serkit_upload_bytes 0$/m.test(await metrics()));
    expect(await metrics()).toMatch(/^serkit_queue_length 0$/m);
  });

  test('a thousand sockets that say nothing keep nobody out for long', async () => {
    const sockets = await Promise.all(Array.from({ length: 1000 }, () => saying('POST /v1/cl')));
    await expectServing();
    await Promise.all(sockets.map((socket) => (socket.closed ? undefined : heardOf(socket).catch(() => ''))));
    await expectServing();
  });
});

describe('the queue', () => {
  let narrow: Serving;
  beforeAll(async () => {
    slowWav();
    narrow = await serveTiny({ maxQueue: 4, maxBatch: 1, workers: 1 });
  });
  afterAll(() => narrow.stop());
  const ask = (signal?: AbortSignal) => post(`${narrow.url}/v1/classify`, slowWav(), {}, signal);
  const figure = async (name: string) => {
    const metrics = await (await fetch(`${narrow.url}/metrics`)).text();
    return Number(
      metrics
        .split('\n')
        .find((line) => line.startsWith(`${name} `))!
        .split(' ')[1],
    );
  };

  test('full, it says 503 and when to come again; what it took is answered', async () => {
    const responses = await Promise.all(Array.from({ length: 16 }, () => ask()));
    const statuses = responses.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(5); // one at work, four waiting
    for (const response of responses.filter(({ status }) => status === 503)) {
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect((await problemOf(response)).type).toBe('urn:serkit:problem:overloaded');
    }
    expect((await ask()).status).toBe(200);
  });

  test('a client that hangs up while it waits takes its work out of the queue', async () => {
    const before = await figure('serkit_batch_size_count');
    const first = ask();
    const ends = Array.from({ length: 4 }, () => new AbortController());
    const gone = ends.map(({ signal }) => ask(signal).catch((error: Error) => error.name));
    await until(async () => (await figure('serkit_queue_length')) >= 3);
    for (const end of ends) end.abort();
    expect(new Set(await Promise.all(gone))).toEqual(new Set(['AbortError']));
    await first.catch(() => {});
    expect((await ask()).status).toBe(200);
    expect(await figure('serkit_queue_length')).toBe(0);
    expect((await figure('serkit_batch_size_count')) - before).toBeLessThanOrEqual(4); // not all six
  });
});

test('an answer that takes too long is 504, and its worker is replaced', async () => {
  slowWav();
  const impatient = await serveTiny({ workers: 1, requestTimeoutSeconds: 0.01, maxBatch: 1 });
  try {
    const responses = await Promise.all(
      Array.from({ length: 3 }, () => post(`${impatient.url}/v1/classify`, slowWav())),
    );
    for (const response of responses) expect(await kindOf(response)).toBe('504 timeout');
    const metrics = async () => (await fetch(`${impatient.url}/metrics`)).text();
    await until(async () => /^serkit_worker_deaths_total [1-9]/m.test(await metrics()));
    await until(async () => /^serkit_workers 1$/m.test(await metrics()));
  } finally {
    await impatient.stop();
  }
});
