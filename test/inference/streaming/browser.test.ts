import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { load, type StreamResult } from '../../../inference/node.js';
import { type OpenedApp, openWebApp, type WebApp } from '../../support/browser/web-app.js';
import { describeWith } from '../../support/needs.js';
import { tinyFile } from '../tiny.js';
import { runStream } from './run-stream.js';
import { join, silence, voice } from './signals.js';

/** Largest |Δp| to Node's CPU that is allowed. */
const TOLERANCE = { absolute: 1e-5 };

describeWith('chromium', 'a stream in a browser', () => {
  let app: OpenedApp;
  let samples: Float32Array;
  let model: Uint8Array;
  beforeAll(async () => {
    model = await tinyFile();
    samples = join(await voice(1, 44_100), silence(1, 44_100), await voice(0.7, 44_100, 'again'));
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    app = await openWebApp({ '/tiny.onnx': model, '/samples': bytes });
  });
  afterAll(() => app.close());

  test('gives the results of Node, bundled, with the voice detector loaded when it is wanted', async () => {
    const requested: string[] = [];
    app.page.on('request', (request) => requested.push(new URL(request.url()).pathname));
    const inPage = await app.page.evaluate(async () => {
      const { serkit } = globalThis as unknown as WebApp;
      const recognizer = await serkit.load('/tiny.onnx', { provider: 'wasm', wasmPaths: '/ort/' });
      const samples = new Float32Array(await (await fetch('/samples')).arrayBuffer());
      await recognizer.classify(samples, { sampleRateHz: 44_100 });
      const loadedBefore = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname);
      const blocks = new ReadableStream<Float32Array>({
        start(controller) {
          for (let start = 0; start < samples.length; start += 128)
            controller.enqueue(samples.subarray(start, start + 128));
          controller.close();
        },
      });
      const reader = blocks.pipeThrough(recognizer.stream({ sampleRateHz: 44_100 })).getReader();
      const results: StreamResult[] = [];
      for (let read = await reader.read(); !read.done; read = await reader.read()) results.push(read.value);
      await recognizer.dispose();
      return { results, loadedBefore };
    });
    const recognizer = await load(model, { provider: 'cpu', threads: 1 });
    const inNode = await runStream(recognizer, samples, { sampleRateHz: 44_100 });
    await recognizer.dispose();

    expect(inPage.loadedBefore).not.toContain('/fvad.wasm');
    expect(requested).toContain('/fvad.wasm');
    expect(inPage.results.length).toBeGreaterThan(15);
    expect(new Set(inNode.map(({ speech }) => speech))).toEqual(new Set([true, false]));
    const parts = (results: readonly StreamResult[]) =>
      results.map(({ timeSeconds, speech, label, voicedShare, skipped }) => [
        timeSeconds,
        speech,
        label,
        voicedShare,
        skipped,
      ]);
    expect(parts(inPage.results)).toEqual(parts(inNode));
    const numbers = (results: readonly StreamResult[]) =>
      results.flatMap(({ probabilities, levelDbfs }) => [levelDbfs / 120, ...Object.values(probabilities ?? {})]);
    expect(numbers(inPage.results)).toBeAllClose(numbers(inNode), TOLERANCE);
  });
});
