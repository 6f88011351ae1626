import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { type Classification, decodeAudio, load, type Moment } from '../../inference/node.js';
import type { Provider } from '../../inference/web.js';
import { uniformNoise } from '../features/signals.js';
import { type OpenedApp, openWebApp, type WebApp } from '../support/browser/web-app.js';
import { describeWith } from '../support/needs.js';
import { fromRoot } from '../support/paths.js';
import { tinyFile } from './tiny.js';
import { tinyWaveformFile } from './tiny-waveform.js';

/** Largest |Δp| to Node's CPU that is allowed; seen: see each test. */
const WASM_TOLERANCE = { absolute: 1e-5 };
const WEBGPU_TOLERANCE = { absolute: 1e-3 };

/** Of several lengths and rates; one is shorter than a chunk. */
const clips = [
  { samples: Float32Array.from(uniformNoise(9000, 1)), sampleRateHz: 8000 },
  { samples: Float32Array.from(uniformNoise(3000, 2)), sampleRateHz: 8000 },
  { samples: Float32Array.from(uniformNoise(44_100, 3)), sampleRateHz: 44_100 },
];
const audioFiles = ['stereo.flac', 'mono.mp3', 'stereo-vorbis.ogg', 'stereo-opus.ogg'];
const golden = (file: string) => Uint8Array.from(readFileSync(fromRoot('test', 'golden', 'audio', file)));

const rows = (answers: readonly Classification[]) => answers.flatMap((answer) => Object.values(answer.probabilities));

/** Loads a file in the page and classifies the clips, one by one and at once, and as a batch. */
async function classifyInPage(page: Page, file: string, provider: Provider, threads?: number) {
  const rates = clips.map(({ sampleRateHz }) => sampleRateHz);
  return page.evaluate(
    async ({ file, provider, threads, rates }) => {
      const { serkit } = globalThis as unknown as WebApp;
      const recognizer = await serkit.load(file, { provider, threads, wasmPaths: '/ort/' });
      const clips = await Promise.all(
        rates.map(async (sampleRateHz, i) => {
          const bytes = await (await fetch(`/clip-${i}`)).arrayBuffer();
          return { samples: new Float32Array(bytes), sampleRateHz };
        }),
      );
      const alone = await Promise.all(clips.map(({ samples, ...options }) => recognizer.classify(samples, options)));
      const batch = await recognizer.classifyBatch(clips);
      await recognizer.dispose();
      return { alone, batch, provider: recognizer.provider };
    },
    { file, provider, threads, rates },
  );
}

/** What `load` in the page says of an address. */
const refusal = (page: Page, address: string): Promise<string> =>
  page.evaluate(async (address) => {
    const { serkit } = globalThis as unknown as WebApp;
    return serkit.load(address, { provider: 'wasm', wasmPaths: '/ort/' }).then(
      () => 'loaded',
      (error: Error) => error.message,
    );
  }, address);

describeWith('chromium', 'serkit/web in Chromium', () => {
  const files: Record<string, Uint8Array> = {};
  const expected: Record<string, Classification[]> = {};
  const opened: OpenedApp[] = [];
  let isolated: Page;
  let plain: Page;

  beforeAll(async () => {
    Object.assign(files, { '/features.onnx': await tinyFile(), '/waveform.onnx': await tinyWaveformFile() });
    for (const [path, bytes] of Object.entries(files)) {
      const recognizer = await load(bytes, { provider: 'cpu' });
      expected[path] = await recognizer.classifyBatch(clips);
      await recognizer.dispose();
    }
    files['/cut-short.onnx'] = files['/features.onnx'].subarray(0, 900);
    files['/pointer.onnx'] = new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\noid sha256:0\n');
    for (const [i, { samples }] of clips.entries()) files[`/clip-${i}`] = new Uint8Array(samples.buffer);
    for (const file of audioFiles) files[`/${file}`] = golden(file);
    opened.push(await openWebApp(files), await openWebApp(files, { isolated: false }));
    [isolated, plain] = opened.map(({ page }) => page);
  });
  afterAll(() => Promise.all(opened.map(({ close }) => close())));

  describe.each(['/features.onnx', '/waveform.onnx'])('%s answers as in Node', (file) => {
    test('on wasm, one thread: the page is not isolated', async () => {
      expect(await plain.evaluate('crossOriginIsolated')).toBe(false);
      const { alone, batch, provider } = await classifyInPage(plain, file, 'wasm', 2);
      expect(provider).toBe('wasm');
      expect(plain.workers()).toHaveLength(0);
      expect(rows(alone)).toBeAllClose(rows(expected[file]), WASM_TOLERANCE);
      expect(rows(batch)).toBeAllClose(rows(expected[file]), WASM_TOLERANCE);
      expect(alone.map(({ label, warnings }) => [label, warnings])).toEqual(
        expected[file].map(({ label, warnings }) => [label, warnings]),
      );
    });

    test('on wasm, two threads: the page is isolated', async () => {
      expect(await isolated.evaluate('crossOriginIsolated')).toBe(true);
      const { alone, batch } = await classifyInPage(isolated, file, 'wasm', 2);
      expect(isolated.workers().length).toBeGreaterThan(0);
      expect(rows(alone)).toBeAllClose(rows(expected[file]), WASM_TOLERANCE);
      expect(rows(batch)).toBeAllClose(rows(expected[file]), WASM_TOLERANCE);
    });

    test('on webgpu', async () => {
      const adapter = await isolated.evaluate('navigator.gpu.requestAdapter().then((found) => found?.info.vendor)');
      expect(adapter).toEqual(expect.any(String));
      const { alone, batch, provider } = await classifyInPage(isolated, file, 'webgpu');
      expect(provider).toBe('webgpu');
      expect(rows(alone)).toBeAllClose(rows(expected[file]), WEBGPU_TOLERANCE);
      expect(rows(batch)).toBeAllClose(rows(expected[file]), WEBGPU_TOLERANCE);
    });
  });

  test('a File, a Blob, bytes and a URL are model files too, and messages call a File by its name', async () => {
    const answer = await isolated.evaluate(async (base) => {
      const { serkit } = globalThis as unknown as WebApp;
      const bytes = await (await fetch('/features.onnx')).arrayBuffer();
      const sources = [new Blob([bytes]), bytes, new Uint8Array(bytes), new URL('/features.onnx', base)];
      const names = [];
      for (const source of sources) {
        const recognizer = await serkit.load(source, { provider: 'wasm', wasmPaths: '/ort/' });
        names.push(recognizer.name.replace(/^.*\//, ''));
        await recognizer.dispose();
      }
      const file = new File([new Uint8Array([1, 2, 3])], 'mine.onnx');
      const refused = await serkit.load(file).catch((error: Error) => error.message);
      return { names, refused };
    }, isolated.url());
    expect(answer.names).toEqual(['model', 'model', 'model', 'features.onnx']);
    expect(answer.refused).toMatch(/^mine\.onnx: not an ONNX file/);
  });

  test.each([
    ['/missing.onnx', /^\/missing\.onnx: the server answers 404 Not Found$/],
    ['/typo.onnx', /^\/typo\.onnx: the server answers with a page of HTML or XML, no model file; supported: /],
    ['/pointer.onnx', /^\/pointer\.onnx: a pointer of Git LFS, not the file itself/],
    ['/cut-short.onnx', /^\/cut-short\.onnx: not an ONNX file, or cut short/],
    ['http://localhost:9/x.onnx', /^http:\/\/localhost:9\/x\.onnx: cannot be fetched \(.+\); supported: /],
  ])('%s is refused in one line', async (address, message) => {
    const said = await refusal(isolated, address);
    expect(said).toMatch(message);
    expect(said).not.toContain('\n');
  });

  test('a timeline and a stream are those of Node, voice activity included', async () => {
    const [{ samples, sampleRateHz }] = clips;
    const options = { sampleRateHz, hopSeconds: 0.25, gate: false };
    const recognizer = await load(files['/features.onnx'], { provider: 'cpu' });
    const moments = await recognizer.timeline(samples, options);
    await recognizer.dispose();
    const inPage = await plain.evaluate(async (options) => {
      const { serkit } = globalThis as unknown as WebApp;
      const recognizer = await serkit.load('/features.onnx', { provider: 'wasm', wasmPaths: '/ort/' });
      const samples = new Float32Array(await (await fetch('/clip-0')).arrayBuffer());
      const moments = await recognizer.timeline(samples, options);
      const { readable, writable } = recognizer.stream({ ...options, halfLifeSeconds: 0 });
      const writer = writable.getWriter();
      const written = writer.write(samples.subarray(0, 1234)).then(async () => {
        await writer.write(samples.subarray(1234));
        await writer.close();
      });
      const results = [];
      const reader = readable.getReader();
      for (let next = await reader.read(); next.value; next = await reader.read()) results.push(next.value);
      await written;
      await recognizer.dispose();
      return { moments, results };
    }, options);
    const numbers = (all: readonly Moment[]) =>
      all.flatMap(({ probabilities, voicedShare }) => [voicedShare, ...Object.values(probabilities ?? {})]);
    expect(moments.length).toBeGreaterThan(2);
    expect(inPage.moments.map(({ endSeconds, speech, label }) => ({ endSeconds, speech, label }))).toEqual(
      moments.map(({ endSeconds, speech, label }) => ({ endSeconds, speech, label })),
    );
    expect(numbers(inPage.moments)).toBeAllClose(numbers(moments), WASM_TOLERANCE);
    expect(inPage.results.map(({ timeSeconds, speech }) => [timeSeconds, speech])).toEqual(
      moments.map(({ endSeconds, speech }) => [endSeconds, speech]),
    );
  });

  test('disposal: twice is once, and what is asked afterwards is an error', async () => {
    const said = await isolated.evaluate(async () => {
      const { serkit } = globalThis as unknown as WebApp;
      const recognizer = await serkit.load('/features.onnx', { provider: 'wasm', wasmPaths: '/ort/' });
      const running = recognizer.classify(new Float32Array(8000).fill(0.1), { sampleRateHz: 8000 });
      await running;
      await recognizer.dispose();
      await recognizer.dispose();
      return recognizer.classify(new Float32Array(8000), { sampleRateHz: 8000 }).catch((error: Error) => error.message);
    });
    expect(said).toBe('/features.onnx: the recognizer was disposed of; load the file again');
  });

  test.each(audioFiles)('decodes %s to the same samples as Node', async (file) => {
    const { samples, sampleRateHz } = await decodeAudio(golden(file), file);
    const inPage = await plain.evaluate(async (file) => {
      const { serkit } = globalThis as unknown as WebApp;
      const bytes = new Uint8Array(await (await fetch(`/${file}`)).arrayBuffer());
      const { samples, sampleRateHz } = await serkit.decodeAudio(bytes, file);
      const digest = await crypto.subtle.digest('SHA-256', Float32Array.from(samples));
      return { length: samples.length, sampleRateHz, digest: [...new Uint8Array(digest)] };
    }, file);
    const digest = [
      ...createHash('sha256')
        .update(new Uint8Array(Float32Array.from(samples).buffer))
        .digest(),
    ];
    expect(inPage).toEqual({ length: samples.length, sampleRateHz, digest });
  });
});
