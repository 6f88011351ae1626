import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { encodeWav } from '../../../pipeline/audio/index.js';
import { flacOfSilence } from './flac-of-silence.js';
import { kindOf, post, problemOf, type Serving, serveTiny, slowWav, tone } from './serve.js';

const MAX_BODY_BYTES = 10 * 2 ** 20;
let serving: Serving;
let url: string;
beforeAll(async () => {
  serving = await serveTiny({
    maxBodyBytes: MAX_BODY_BYTES,
    maxAudioSeconds: 100,
    maxQueue: 4,
    maxBatch: 1,
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
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(2 ** 20)),
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

  const hour = 440; // blocks of 65535 samples at 8 kHz
  test.each([
    ['says so', flacOfSilence(hour, 8000, hour * 65_535)],
    ['leaves its length open', flacOfSilence(hour, 8000, 0)],
    ['claims a second', flacOfSilence(hour, 8000, 8000)],
    ['has eight channels and leaves its length open', flacOfSilence(20_000, 8000, 0, 8)],
  ])('a FLAC of silence that %s', async (_, bytes) => {
    expect(bytes.length).toBeLessThan(1e6);
    expect(await kindOf(await post(url, bytes))).toBe('422 audio-too-long');
    await expectServing();
  });

  test('a FLAC of silence within the limit is answered', async () => {
    const response = await post(url, flacOfSilence(3, 8000, 0));
    expect(response.status).toBe(200);
    const { audio, warnings } = (await response.json()) as { audio: { seconds: number }; warnings: string[] };
    expect(audio.seconds).toBeCloseTo((3 * 65_535) / 8000, 9);
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
    const metrics = await (await fetch(`${serving.url}/metrics`)).text();
    expect(metrics).toMatch(/^serkit_upload_bytes 0$/m);
    expect(metrics).toMatch(/^serkit_queue_length 0$/m);
  });

  test('a thousand sockets that say nothing keep nobody out for long', async () => {
    const sockets = await Promise.all(Array.from({ length: 1000 }, () => saying('POST /v1/cl')));
    await expectServing();
    await Promise.all(sockets.map((socket) => (socket.closed ? undefined : heardOf(socket).catch(() => ''))));
    await expectServing();
  });
});

describe('the queue', () => {
  test('full, it says 503 and when to come again; what it took is answered', async () => {
    const responses = await Promise.all(Array.from({ length: 16 }, () => post(url, slowWav())));
    const statuses = responses.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(5); // one at work, four waiting
    for (const response of responses.filter(({ status }) => status === 503)) {
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect((await problemOf(response)).type).toBe('urn:serkit:problem:overloaded');
    }
    await expectServing();
  });

  test('a client that hangs up while it waits takes its work out of the queue', async () => {
    const first = post(url, slowWav());
    const ends = Array.from({ length: 4 }, () => new AbortController());
    const gone = ends.map(({ signal }) => post(url, slowWav(), {}, signal).catch((error: Error) => error.name));
    const answered = async () => {
      const metrics = await (await fetch(`${serving.url}/metrics`)).text();
      return Number(/^serkit_batch_size_count (\d+)$/m.exec(metrics)![1]);
    };
    const waiting = async () =>
      Number(/^serkit_queue_length (\d+)$/m.exec(await (await fetch(`${serving.url}/metrics`)).text())![1]);
    while ((await waiting()) < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    const before = await answered();
    for (const end of ends) end.abort();
    expect(new Set(await Promise.all(gone))).toEqual(new Set(['AbortError']));
    expect((await first).status).toBe(200);
    await expectServing();
    expect(await waiting()).toBe(0);
    expect((await answered()) - before).toBeLessThanOrEqual(3); // what was at work, and the last question
  });
});

test('an answer that takes too long is 504, its worker is replaced, and the next one is answered', async () => {
  const impatient = await serveTiny({ workers: 1, requestTimeoutSeconds: 0.05, maxBatch: 1 });
  try {
    const responses = await Promise.all(
      Array.from({ length: 3 }, () => post(`${impatient.url}/v1/classify`, slowWav())),
    );
    for (const response of responses) expect(await kindOf(response)).toBe('504 timeout');
    const deadline = Date.now() + 30_000;
    let status = 0;
    while (status !== 200 && Date.now() < deadline) ({ status } = await post(`${impatient.url}/v1/classify`, clip()));
    expect(status).toBe(200);
    expect(await (await fetch(`${impatient.url}/metrics`)).text()).toMatch(/^serkit_worker_deaths_total [1-9]/m);
  } finally {
    await impatient.stop();
  }
});
