import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { load } from '../../inference/node.js';
import { messageOf } from '../support/message-of.js';
import { tinyFile } from './tiny.js';

const folder = mkdtempSync(join(tmpdir(), 'serkit-load-'));
const path = join(folder, 'tiny.onnx');
let bytes: Uint8Array;
let server: Server;
let host: string;

beforeAll(async () => {
  bytes = await tinyFile();
  writeFileSync(path, bytes);
  server = createServer((request, response) => {
    if (request.url === '/tiny.onnx') response.end(bytes);
    else if (request.url === '/page.onnx') response.end('\n<!DOCTYPE html><title>app</title>');
    else if (request.url === '/half.onnx') response.end(bytes.subarray(0, bytes.length / 2));
    else if (request.url === '/broken.onnx') {
      response.writeHead(200, { 'Content-Length': bytes.length }).write(bytes.subarray(0, 100));
      setImmediate(() => response.destroy());
    } else if (request.url === '/huge.onnx') response.writeHead(200, { 'Content-Length': 2 ** 32 }).flushHeaders();
    else if (request.url === '/never.onnx') response.writeHead(200).flushHeaders();
    else response.writeHead(404).end('not here');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

describe('load takes', () => {
  test.each<[string, () => Parameters<typeof load>[0], RegExp]>([
    ['a path', () => path, /tiny\.onnx$/],
    ['a file: URL', () => pathToFileURL(path), /tiny\.onnx$/],
    ['a file: URL as a string', () => pathToFileURL(path).href, /tiny\.onnx$/],
    ['an address', () => `${host}/tiny.onnx`, /^http:.*tiny\.onnx$/],
    ['an address as a URL', () => new URL('/tiny.onnx', host), /^http:.*tiny\.onnx$/],
    ['bytes', () => bytes, /^model$/],
    ['an ArrayBuffer', () => Uint8Array.from(bytes).buffer, /^model$/],
    ['a Blob', () => new Blob([Uint8Array.from(bytes)]), /^model$/],
  ])('%s', async (_, source, name) => {
    const recognizer = await load(source(), { provider: 'cpu' });
    expect(recognizer.labels).toEqual(['calm', 'angry', 'sad']);
    expect(recognizer.name).toMatch(name);
    await recognizer.dispose();
  });
});

describe('load refuses, in one line that names it,', () => {
  test.each([
    ['/absent.onnx', Error, / the server answers 404 Not Found$/],
    ['/page.onnx', SyntaxError, /: the server answers with a page of HTML or XML, no model file; supported: /],
    ['/half.onnx', SyntaxError, /: not an ONNX file, or cut short; supported: /],
    ['/broken.onnx', Error, /: cannot be fetched \(.+\); supported: /],
    ['/huge.onnx', RangeError, /: 4294967296 bytes are too many \(supported: up to 2147483647\)$/],
  ])('%s', async (address, ErrorClass, message) => {
    const error = await load(host + address).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ErrorClass);
    const { message: said } = error as Error;
    expect(said.startsWith(host + address)).toBe(true);
    expect(said).toMatch(message);
    expect(said).not.toContain('\n');
  });

  test('an address where nobody answers', async () => {
    expect(await messageOf(load('http://127.0.0.1:9/x.onnx'))).toMatch(
      /^http:\/\/127.0.0.1:9\/x.onnx: cannot be fetched \(.+\)/,
    );
  });

  test('a path that is not there, and a folder', async () => {
    expect(await messageOf(load(join(folder, 'absent.onnx')))).toMatch(/absent\.onnx: is not there; supported: /);
    expect(await messageOf(load(folder))).toMatch(/: cannot be read \(EISDIR\); supported: /);
  });

  test('something else than a source', async () => {
    await expect(load(42 as unknown as string)).rejects.toThrow(
      new TypeError('a model file is a path, an address, bytes or a Blob, not a number'),
    );
  });
});

test('a download ends when its signal says so', async () => {
  const reason = new Error('enough');
  const controller = new AbortController();
  const loading = load(`${host}/never.onnx`, { signal: controller.signal });
  controller.abort(reason);
  await expect(loading).rejects.toBe(reason);
});
