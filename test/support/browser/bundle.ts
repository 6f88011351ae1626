import { basename } from 'node:path';
import { type BuildResult, build } from 'esbuild';
import { fromRoot } from '../paths.js';

/** What a bundler makes of an app: its files by name, and where they come from. */
export interface Bundle {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly metafile: NonNullable<BuildResult['metafile']>;
}

/**
 * An app's code for the browser, minified and split at its dynamic imports; the entry is `app.js`.
 *
 * @param code an ES module that imports `serkit/web`, which is the compiled entry here
 */
export async function bundleForBrowser(code: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: fromRoot('.'), sourcefile: 'app.js' },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    minify: true,
    splitting: true,
    metafile: true,
    write: false,
    outdir: fromRoot('dist'),
    entryNames: 'app',
    absWorkingDir: fromRoot('.'),
    external: ['module'], // speex-resampler-wasm imports it where it runs in Node
    logLevel: 'silent',
  });
  return { files: new Map(outputFiles.map(({ path, contents }) => [basename(path), contents])), metafile };
}
