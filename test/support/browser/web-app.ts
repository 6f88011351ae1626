import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import type * as serkit from '../../../inference/web.js';
import { fromRoot } from '../paths.js';
import { bundleForBrowser } from './bundle.js';
import { chromiumFlags, contentTypes } from './chromium.js';
import { chromiumPath } from './chromium-path.js';

/** What code in the page finds on `globalThis`. */
export interface WebApp {
  serkit: typeof serkit;
}

export interface OpenedApp {
  readonly page: Page;
  close(): Promise<void>;
}

/** Files that a bundler like Vite would put beside the code, from node_modules. */
const besideTheCode: Readonly<Record<string, string>> = {
  'speex-resampler-simd.wasm': '@echogarden/speex-resampler-wasm/wasm/speex-resampler-simd.wasm',
  'fvad.wasm': '@echogarden/fvad-wasm/fvad.wasm',
};

/**
 * A page in headless Chromium with `serkit/web`, bundled, on it; onnxruntime-web's files lie in /ort/.
 *
 * @param files what else the server has, by path; every other path gets the page itself, as apps of one page do
 * @param isolated served so that threads are there
 */
export async function openWebApp(
  files: Readonly<Record<string, Uint8Array>>,
  { isolated = true } = {},
): Promise<OpenedApp> {
  const bundle = await bundleForBrowser(`import * as serkit from 'serkit/web'; globalThis.serkit = serkit;`);
  const server = await serve(isolated, async (path) => {
    const name = path.slice(1);
    if (path.startsWith('/ort/')) return readFile(fromRoot('node_modules/onnxruntime-web/dist', name.slice(4)));
    if (besideTheCode[name]) return readFile(fromRoot('node_modules', besideTheCode[name]));
    return bundle.files.get(name) ?? files[path];
  });
  const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumFlags });
  const close = async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  };
  try {
    const page = await browser.newPage();
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction('globalThis.serkit !== undefined');
    return { page, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const html = '<!doctype html><title>serkit</title><script type="module" src="/app.js"></script>';

async function serve(isolated: boolean, find: (path: string) => Promise<Uint8Array | undefined>): Promise<Server> {
  const headers: Record<string, string> = isolated
    ? { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }
    : {};
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const body = await find(pathname).catch(() => undefined);
    if (!body && pathname.startsWith('/missing')) return response.writeHead(404, headers).end();
    const type = body ? (contentTypes[extname(pathname)] ?? 'application/octet-stream') : 'text/html';
    response.writeHead(200, { ...headers, 'Content-Type': type }).end(body ?? html);
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return server;
}
