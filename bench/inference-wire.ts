import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build } from 'esbuild';

/** What a browser fetches for one thing, bytes. */
export interface WireSize {
  what: string;
  raw: number;
  gzip: number;
  brotli: number;
}

/** serkit/web bundled as a page would have it, each binary of onnxruntime of which a page fetches one, and the models. */
export async function wireSizes(models: Record<string, string>): Promise<WireSize[]> {
  const bundle = await build({
    entryPoints: [join(import.meta.dirname, '..', 'inference', 'web.js')],
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    outdir: 'out',
    write: false,
    metafile: true,
    external: ['module'], // asked for by the resampler's loader, in Node alone
    logLevel: 'silent',
  });
  const scripts = bundle.outputFiles.filter(({ path }) => path.endsWith('.js'));
  const entry = scripts.filter(({ path }) => !path.includes('chunk-') && path.endsWith('/web.js'));
  const later = scripts.filter((script) => !entry.includes(script));
  const total = (files: readonly { contents: Uint8Array }[]) => Buffer.concat(files.map(({ contents }) => contents));
  const binaries = dirname(fileURLToPath(import.meta.resolve('onnxruntime-web')));
  const read = (name: string) => readFile(join(binaries, name));
  return Promise.all([
    sizes('serkit/web, minified', total(entry)),
    sizes('what it fetches when needed (decoders, resampler)', total(later)),
    sizes('onnxruntime: wasm', await read('ort-wasm-simd-threaded.wasm')),
    sizes('onnxruntime: WebGPU by JSPI', await read('ort-wasm-simd-threaded.jspi.wasm')),
    sizes('onnxruntime: WebGPU by asyncify', await read('ort-wasm-simd-threaded.asyncify.wasm')),
    ...Object.entries(models).map(async ([name, path]) => sizes(`model: ${name}`, await readFile(path))),
  ]);
}

async function sizes(what: string, bytes: Uint8Array): Promise<WireSize> {
  const zipped = await promisify(gzip)(bytes, { level: 9 });
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: bytes.length > 4e6 ? 9 : 11 } };
  const brotli = await promisify(brotliCompress)(bytes, quality);
  return { what, raw: bytes.length, gzip: zipped.length, brotli: brotli.length };
}
