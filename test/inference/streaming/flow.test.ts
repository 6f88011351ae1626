import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Recognizer } from '../../../inference/classifier.js';
import { readModelMetadata } from '../../../inference/node.js';
import { openNode } from '../../../inference/providers/node.js';
import { tinyWaveformFile } from '../tiny-waveform.js';
import { readAll, runStream } from './run-stream.js';
import { silence, voice } from './signals.js';

const options = { sampleRateHz: 8000, windowSeconds: 0.5, hopSeconds: 0.5, gate: false };
/** What is not settled by then waits for something. */
const turns = async () => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
};

let file: Uint8Array;
let recognizer: Recognizer;
/** The model waits for it before each run. */
let held: Promise<void>;
let runs: number;
beforeAll(async () => {
  file = await tinyWaveformFile();
});
const open = async () => {
  held = Promise.resolve();
  runs = 0;
  const metadata = readModelMetadata(file, 'tiny');
  const model = await openNode(file, 'tiny', { provider: 'cpu', threads: 1 });
  const run: typeof model.run = async (values, shape) => {
    runs += 1;
    await held;
    return model.run(values, shape);
  };
  return new Recognizer({ ...model, run }, metadata, 'tiny');
};
beforeAll(async () => {
  recognizer = await open();
});
afterAll(() => recognizer.dispose());

/** Whether a promise is settled, a few turns of the event loop from now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const set = () => {
    settled = true;
  };
  promise.then(set, set);
  await turns();
  return settled;
}

describe('backpressure', () => {
  test('the writer waits for the reader, the model is not ahead of either, and nothing is lost', async () => {
    const { readable, writable } = recognizer.stream(options);
    const [writer, reader] = [writable.getWriter(), readable.getReader()];
    runs = 0;
    const written = writer.write(await voice(2.2, 8000));
    expect(await isSettled(written)).toBe(false);
    expect(runs).toBe(0);
    const times: number[] = [];
    for (let read = 0; read < 4; read++) {
      expect(await isSettled(written)).toBe(false);
      times.push((await reader.read()).value!.timeSeconds);
    }
    await written;
    expect([times, runs]).toEqual([[0.5, 1, 1.5, 2], 4]);
    await writer.close();
    expect((await reader.read()).value).toMatchObject({ startSeconds: 1.7, timeSeconds: 2.2, skipped: 0 });
    expect((await reader.read()).done).toBe(true);
  });

  test('latest: the writer never waits, the result is the newest and says how many were skipped', async () => {
    const { readable, writable } = recognizer.stream({ ...options, latest: true });
    const [writer, reader] = [writable.getWriter(), readable.getReader()];
    let release = () => {};
    held = new Promise((resolve) => {
      release = resolve;
    });
    runs = 0;
    await writer.write(await voice(0.5, 8000));
    const first = reader.read();
    while (runs === 0) await turns();
    for (let i = 0; i < 5; i++) await writer.write(await voice(0.5, 8000, String(i)));
    release();
    expect((await first).value).toMatchObject({ timeSeconds: 0.5, skipped: 0 });
    expect((await reader.read()).value).toMatchObject({ startSeconds: 2.5, timeSeconds: 3, skipped: 4 });
    await writer.write(silence(0.7, 8000));
    await writer.close();
    expect((await reader.read()).value).toMatchObject({ timeSeconds: 3.5, skipped: 0 });
    expect((await reader.read()).value).toMatchObject({ startSeconds: 3.2, timeSeconds: 3.7, skipped: 0 });
    expect((await reader.read()).done).toBe(true);
  });

  test('latest with a reader in time is what it is without', async () => {
    const samples = await voice(2.3, 8000);
    const { readable, writable } = recognizer.stream({ ...options, latest: true });
    const [writer, reader] = [writable.getWriter(), readable.getReader()];
    const results: unknown[] = [];
    for (let start = 0; start + 4000 <= samples.length; start += 4000) {
      const read = reader.read();
      await writer.write(samples.subarray(start, start + 4000));
      results.push((await read).value);
    }
    const all = await runStream(recognizer, samples, options);
    expect(results).toEqual(all.slice(0, -1));
    await writer.abort();
  });
});

describe('trouble', () => {
  test('a block of another kind, or a sample that is not finite, is an error at both ends', async () => {
    const bad: [unknown, string][] = [
      [new Int16Array(10), 'a block must be a Float32Array of mono samples'],
      [undefined, 'a block must be a Float32Array'],
      [Float32Array.of(0, Number.NaN), 'sample 101 of the stream is NaN: samples must be finite numbers'],
      [Float32Array.of(Number.POSITIVE_INFINITY), 'sample 100 of the stream is Infinity'],
    ];
    for (const [block, message] of bad) {
      const { readable, writable } = recognizer.stream(options);
      const [writer, reader] = [writable.getWriter(), readable.getReader()];
      const read = reader.read();
      await writer.write(new Float32Array(100));
      await writer.write(new Float32Array());
      await Promise.all([
        expect(writer.write(block as Float32Array)).rejects.toThrow(message),
        expect(read).rejects.toThrow(message),
        expect(writer.closed).rejects.toThrow(message),
      ]);
    }
  });

  test.each([
    [{ sampleRateHz: 0 }, 'sampleRateHz 0 is not supported (supported: whole numbers, 1000 to 768000)'],
    [{ sampleRateHz: 16_000.5 }, 'sampleRateHz 16000.5 is not supported'],
    [{ windowSeconds: 1e9 }, 'windowSeconds 1000000000 is not supported (supported: 0.1 to 600)'],
    [{ hopSeconds: 0 }, 'hopSeconds 0 is not supported (supported: 0.01 to 3600)'],
    [{ halfLifeSeconds: -1 }, 'halfLifeSeconds -1 is not supported (supported: 0 and up)'],
    [{ gate: { mode: 1.5 } }, 'gate: mode 1.5 is not supported (supported: 0, 1, 2, 3)'],
  ])('%j is refused at once', (wrong, message) => {
    expect(() => recognizer.stream({ ...options, ...(wrong as object) })).toThrow(message);
  });

  test('aborted while the writer waits, both ends have the reason', async () => {
    const { readable, writable } = recognizer.stream(options);
    const [writer, reader] = [writable.getWriter(), readable.getReader()];
    const written = writer.write(silence(3, 8000));
    expect(await isSettled(written)).toBe(false);
    await Promise.all([
      writer.abort(new Error('hung up')),
      expect(written).rejects.toThrow('hung up'),
      expect(reader.read()).rejects.toThrow('hung up'),
    ]);
  });

  test('cancelled while the model runs, the writer has the reason', async () => {
    const { readable, writable } = recognizer.stream(options);
    const [writer, reader] = [writable.getWriter(), readable.getReader()];
    const written = writer.write(silence(3, 8000));
    reader.read().catch(() => {});
    await Promise.all([reader.cancel(new Error('seen enough')), expect(written).rejects.toThrow('seen enough')]);
    await expect(writer.write(silence(1, 8000))).rejects.toThrow('seen enough');
  });

  test('a recognizer that is disposed of is an error in the stream, in silence too', async () => {
    for (const gate of [false, true]) {
      const passing = await open();
      const { readable, writable } = passing.stream({ ...options, gate });
      const [writer, reader] = [writable.getWriter(), readable.getReader()];
      const written = writer.write(silence(2, 8000));
      await reader.read();
      await passing.dispose();
      await Promise.all([expect(reader.read()).rejects.toThrow(/dispose/), expect(written).rejects.toThrow(/dispose/)]);
    }
  });

  test('two streams of one recognizer do not disturb each other', async () => {
    const [one, other] = [await voice(2, 8000, 'one'), await voice(2, 16_000, 'other')];
    const apart = [
      await runStream(recognizer, one, options),
      await runStream(recognizer, other, { ...options, sampleRateHz: 16_000 }),
    ];
    const together = await Promise.all([
      runStream(recognizer, one, options, new Array(50).fill(500)),
      runStream(recognizer, other, { ...options, sampleRateHz: 16_000 }, new Array(50).fill(700)),
    ]);
    expect(together).toEqual(apart);
  });

  test('a TransformStream in a pipe', async () => {
    const samples = await voice(2, 8000);
    const blocks = new ReadableStream<Float32Array>({
      start(controller) {
        for (let start = 0; start < samples.length; start += 480)
          controller.enqueue(samples.subarray(start, start + 480));
        controller.close();
      },
    });
    expect(await readAll(blocks.pipeThrough(recognizer.stream(options)))).toEqual(
      await runStream(recognizer, samples, options),
    );
  });
});
