import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { load, type Recognizer } from '../../../inference/node.js';
import { tinyWaveformFile } from '../tiny-waveform.js';
import { whiteNoise } from './signals.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of the heap, of arrays and of WebAssembly's memory. */
async function memory(): Promise<number> {
  collectGarbage();
  await new Promise((resolve) => setTimeout(resolve, 50)); // buffers are freed by another thread
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const MEGABYTE = 1e6;

let recognizer: Recognizer;
beforeAll(async () => {
  recognizer = await load(await tinyWaveformFile(), { provider: 'cpu', threads: 1 });
});
afterAll(() => recognizer.dispose());

test.each([
  ['two hours at the rate of the model', 8000, 120, 60],
  ['three minutes resampled, a result every half second', 22_050, 3, 0.5],
])(
  '%s take no more memory than their first third',
  async (_, sampleRateHz, minutes, hopSeconds) => {
    const block = whiteNoise(10, sampleRateHz, -20);
    const { readable, writable } = recognizer.stream({ sampleRateHz, hopSeconds, gate: false });
    const writer = writable.getWriter();
    let results = 0;
    const reading = (async () => {
      for await (const _result of readable as unknown as AsyncIterable<unknown>) results += 1;
    })();
    const blocks = minutes * 6;
    let before = 0;
    for (let i = 0; i < blocks; i++) {
      await writer.write(block);
      if (i + 1 === blocks / 3) before = await memory();
    }
    const grown = (await memory()) - before;
    await writer.close();
    await reading;
    expect(results).toBeGreaterThanOrEqual(Math.floor((minutes * 60 - 0.5) / hopSeconds) + 1);
    // Two thirds of the samples would be 150 MB of the two hours, and 14 MB of the three minutes.
    expect(grown).toBeLessThan(4 * MEGABYTE);
  },
  300_000,
);

test.each([
  ['cancelled', async (_: WritableStream, readable: ReadableStream) => readable.cancel()],
  ['aborted', async (writable: WritableStream) => writable.abort()],
  [
    'broken by a bad block',
    async (writable: WritableStream) => {
      const writer = writable.getWriter();
      await writer.write('rubbish').catch(() => {});
    },
  ],
])('streams %s in the middle of a window leave nothing behind', async (_, stop) => {
  const block = whiteNoise(0.03, 44_100, -20);
  const begin = async (times: number) => {
    for (let i = 0; i < times; i++) {
      const { readable, writable } = recognizer.stream({ sampleRateHz: 44_100 });
      const writer = writable.getWriter();
      await writer.write(block);
      writer.releaseLock();
      await stop(writable, readable);
    }
  };
  await begin(50);
  const before = await memory();
  await begin(200);
  // The filters and detectors of 200 streams would be 15 MB and more.
  expect((await memory()) - before).toBeLessThan(4 * MEGABYTE);
});
