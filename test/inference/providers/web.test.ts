import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Diagnostic } from '../../../inference/providers/diagnostic.js';
import type { LoadOptions } from '../../../inference/web.js';
import { type OpenedApp, openWebApp, type WebApp } from '../../support/browser/web-app.js';
import { describeWith } from '../../support/needs.js';
import { tinyFile } from '../tiny.js';
import { fileWith, slowFile } from './hand-made.js';

/** Chromium is started for most of them, and WebGPU computes on the processor. */
jest.setTimeout(180_000);

interface Loaded {
  provider?: string;
  diagnostics?: readonly Diagnostic[];
  refused?: string;
}

/** Loads a file in the page and lets it go. */
const loaded = (page: Page, file: string, options: LoadOptions): Promise<Loaded> =>
  page.evaluate(
    async ({ file, options }) => {
      const { serkit } = globalThis as unknown as WebApp;
      try {
        const recognizer = await serkit.load(file, { ...options, wasmPaths: '/ort/' });
        const { provider, diagnostics } = recognizer;
        await recognizer.dispose();
        return { provider, diagnostics };
      } catch (error) {
        return { refused: (error as Error).message };
      }
    },
    { file, options },
  );

describeWith('chromium', 'providers in Chromium', () => {
  const apps: OpenedApp[] = [];
  const files: Record<string, Uint8Array> = {};
  const page = async (options = {}): Promise<Page> => {
    const app = await openWebApp(files, options);
    apps.push(app);
    return app.page;
  };

  beforeAll(async () => {
    Object.assign(files, { '/tiny': await tinyFile(), '/selu': fileWith('Selu'), '/slow': slowFile() });
  });
  afterAll(() => Promise.all(apps.map(({ close }) => close())));

  test('auto keeps wasm where it answers soon, and fetches no binary of WebGPU', async () => {
    const plain = await page({ isolated: false });
    const fetched: string[] = [];
    plain.on('request', (request) => void fetched.push(request.url().replace(/^.*\//, '')));
    const answer = await loaded(plain, '/tiny', { provider: 'auto', threads: 2 });
    expect(answer).toMatchObject({
      provider: 'wasm',
      diagnostics: [
        { provider: 'webgpu', outcome: 'not tried', reason: expect.stringMatching(/^wasm answers a clip in/) },
        {
          provider: 'wasm',
          outcome: 'chosen',
          reason: 'it answers soon enough; one thread, not 2: the page is not cross-origin isolated',
        },
      ],
    });
    expect(fetched.filter((name) => name.endsWith('.wasm'))).toEqual(['ort-wasm-simd-threaded.wasm']);
  });

  test('auto takes a GPU before a slow wasm, and no software adapter, which it names', async () => {
    const isolated = await page();
    const software = await isolated.evaluate(
      'navigator.gpu.requestAdapter().then(({info}) => info.isFallbackAdapter || /swiftshader/i.test(info.architecture + info.vendor + info.device))',
    );
    const { diagnostics = [] } = await loaded(isolated, '/slow', { provider: 'auto' });
    const webgpu = diagnostics.find(({ provider }) => provider === 'webgpu');
    if (software)
      expect(webgpu).toMatchObject({
        outcome: 'refused',
        reason: expect.stringMatching(/^a software adapter, .*swiftshader.*: correct and slow$/i),
      });
    else expect(webgpu).toMatchObject({ milliseconds: expect.any(Number) });
    expect(diagnostics.at(-1)).toMatchObject({ outcome: 'chosen', milliseconds: expect.any(Number) });
  });

  test('webgpu where it is named refuses a file with an operator that it lacks', async () => {
    expect(await loaded(await page(), '/selu', { provider: 'webgpu' })).toEqual({
      refused:
        '/selu: onnxruntime cannot load it on webgpu: it lacks operators of the file, which would run on the CPU; provider wasm works everywhere',
    });
  });

  test.each([
    ['no navigator.gpu', 'undefined', 'this browser has no WebGPU (navigator.gpu)'],
    [
      'no adapter',
      '{ requestAdapter: async () => null }',
      'the browser gives no adapter: it has no GPU that it trusts',
    ],
  ])('webgpu in a browser with %s is refused with that reason', async (_, gpu, reason) => {
    const without = await page();
    await without.evaluate(`Object.defineProperty(navigator, 'gpu', { value: ${gpu} })`);
    expect(await loaded(without, '/tiny', { provider: 'webgpu' })).toEqual({
      refused: `/tiny: onnxruntime cannot load it on webgpu: ${reason}; provider wasm works everywhere`,
    });
    expect(await loaded(without, '/tiny', { provider: 'auto' })).toMatchObject({
      provider: 'wasm',
      diagnostics: [{ text: `webgpu refused: ${reason}` }, { text: 'wasm chosen: the one that works here' }],
    });
  });

  test('a GPU that is lost is told by the next run', async () => {
    const losing = await page();
    const said = await losing.evaluate(async () => {
      const { serkit } = globalThis as unknown as WebApp;
      interface Device {
        destroy(): void;
        lost: Promise<unknown>;
      }
      type Request = (this: unknown, ...args: unknown[]) => Promise<Device>;
      const adapter = (globalThis as unknown as { GPUAdapter: { prototype: { requestDevice: Request } } }).GPUAdapter;
      const devices: Device[] = [];
      const { requestDevice } = adapter.prototype;
      adapter.prototype.requestDevice = async function (...args) {
        const device = await requestDevice.apply(this, args);
        devices.push(device);
        return device;
      };
      const recognizer = await serkit.load('/tiny', { provider: 'webgpu', wasmPaths: '/ort/' });
      const classify = () =>
        recognizer.classify(new Float32Array(8000).fill(0.1), { sampleRateHz: 8000 }).then(
          ({ provider }) => provider,
          (error: Error) => error.message,
        );
      const before = await classify();
      for (const device of devices) device.destroy();
      await Promise.all(devices.map(({ lost }) => lost));
      return [before, await classify()];
    });
    expect(said).toEqual(['webgpu', expect.stringMatching(/^\/tiny: the GPU was lost \(.+\); load the page again$/)]);
  });
});
