import { build } from 'esbuild';
import { type BrowserPage, openBrowser } from '../support/browser/chromium.js';
import { fromRoot } from '../support/paths.js';
import type { FileKind, Runtime } from './runtimes.js';
import { clipRateHz, type SpokenClip } from './spoken-clips.js';
import type { Subject } from './subject.js';

let opened: Promise<BrowserPage> | undefined;

/** One headless Chromium for all answers of a process. */
async function openPage(): Promise<BrowserPage> {
  const browser = await openBrowser();
  const ort = '/ort.webgpu.min.mjs'; // which the page has already, and knows where its wasm files are
  const { outputFiles } = await build({
    entryPoints: [fromRoot('dist', 'test', 'parity', 'browser-page.js')],
    ...{ bundle: true, write: false, format: 'esm', platform: 'browser', logLevel: 'silent' },
    ...{ alias: { 'onnxruntime-web/webgpu': ort }, external: [ort] },
  });
  await browser.page.addScriptTag({ type: 'module', content: outputFiles[0].text });
  await browser.page.waitForFunction('globalThis.openModel !== undefined');
  return browser;
}

/** Closes Chromium, where it was opened. */
export async function closeBrowser(): Promise<void> {
  const browser = await opened;
  opened = undefined;
  await browser?.close();
}

const base64 = ({ buffer, byteOffset, byteLength }: Uint8Array | Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

const web = (provider: 'wasm' | 'webgpu'): Omit<Runtime, 'kinds'> => ({
  ...{ name: `onnxruntime-web ${provider} in Chromium`, gpu: provider === 'webgpu', need: 'chromium' },
  async answer(subject: Subject, { input, precision }: FileKind, clips: readonly SpokenClip[]) {
    opened ??= openPage();
    const { page } = await opened;
    const call = (name: string, ...args: unknown[]) =>
      page.evaluate(`${name}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`);
    await call('openModel', base64(await subject.file(input, precision)), provider);
    try {
      const rows: number[] = [];
      for (const { samples } of clips) {
        const answer = (await call('classifyClip', base64(samples), clipRateHz)) as Record<string, number>;
        rows.push(...subject.labels.map((label) => answer[label]));
      }
      return Float32Array.from(rows);
    } finally {
      await call('closeModel');
    }
  },
});

/** Chromium has WebGPU through SwiftShader: for correctness, not for speed. */
export const browserRuntimes = [web('wasm'), web('webgpu')];
