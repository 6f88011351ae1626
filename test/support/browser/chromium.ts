import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { fromRoot } from '../paths.js';
import { chromiumPath } from './chromium-path.js';

/** WebGPU through SwiftShader, and no word to the network. */
export const chromiumFlags = [
  '--enable-unsafe-webgpu',
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** A page in headless Chromium with `ort`, onnxruntime-web's WebGPU build, on it. */
export interface BrowserPage {
  readonly page: Page;
  close(): Promise<void>;
}

/** @throws Error where the page gets no WebGPU adapter: nothing falls back in silence */
export async function openBrowser(): Promise<BrowserPage> {
  const server = await serve();
  const { port } = server.address() as AddressInfo;
  const browser: Browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumFlags });
  const close = async () => {
    await browser.close();
    server.close();
  };
  try {
    const page = await browser.newPage();
    await page.goto(`http://localhost:${port}/`);
    await page.waitForFunction('globalThis.ort !== undefined');
    const adapter = await page.evaluate(
      'navigator.gpu?.requestAdapter().then((found) => found?.info.description ?? found?.info.vendor)',
    );
    if (adapter === undefined) throw new Error('Chromium has no WebGPU adapter');
    return { page, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const html = `<!doctype html><title>onnxruntime-web</title><script type="module">
import * as ort from '/ort.webgpu.min.mjs';
ort.env.wasm.wasmPaths = '/';
ort.env.logLevel = 'error';
globalThis.ort = ort;
</script>`;

/** The files of onnxruntime-web on a free port, isolated so that threads are there. */
async function serve(): Promise<Server> {
  const folder = fromRoot('node_modules', 'onnxruntime-web', 'dist');
  const server = createServer(async (request, response) => {
    const name = new URL(request.url ?? '/', 'http://localhost').pathname;
    const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
    try {
      const body = name === '/' ? html : await readFile(join(folder, name));
      response.writeHead(200, { ...headers, 'Content-Type': contentTypes[extname(name) || '.html'] }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return server;
}
