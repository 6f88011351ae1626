import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fromRoot } from './paths.js';

/** The folders with an assembly/ of their own that comes as base64. */
export const kernelFolders = ['pipeline/audio', 'pipeline/features'] as const;

/** What kernel-wasm.ts of a folder has to be: its assembly/, compiled. */
export async function compiledKernel(folder: (typeof kernelFolders)[number]): Promise<string> {
  const scratch = await mkdtemp(join(tmpdir(), 'serkit-kernel-'));
  try {
    const compiler = fromRoot('node_modules', 'assemblyscript', 'bin', 'asc.js');
    const config = ['--config', `${folder}/assembly/asconfig.json`, '--outFile', join(scratch, 'kernel.wasm')];
    await promisify(execFile)(process.execPath, [compiler, ...config], { cwd: fromRoot() });
    const base64 = (await readFile(join(scratch, 'kernel.wasm'))).toString('base64');
    return [
      '/** What assembly/ compiles to, in base64, so that it needs no loading: written by `npm run kernels`. */',
      'export const kernelWasm =',
      `  '${base64}';`,
      '',
    ].join('\n');
  } finally {
    await rm(scratch, { recursive: true });
  }
}
