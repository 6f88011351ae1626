import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fromRoot } from '../support/paths.js';

/** What pipeline/features/kernel-wasm.ts has to be: the kernel's sources, compiled. */
export async function compiledKernel(): Promise<string> {
  const scratch = await mkdtemp(join(tmpdir(), 'serkit-kernel-'));
  try {
    const compiler = fromRoot('node_modules', 'assemblyscript', 'bin', 'asc.js');
    const config = ['--config', 'pipeline/features/assembly/asconfig.json', '--outFile', join(scratch, 'kernel.wasm')];
    await promisify(execFile)(process.execPath, [compiler, ...config], { cwd: fromRoot() });
    const base64 = (await readFile(join(scratch, 'kernel.wasm'))).toString('base64');
    return [
      '/** What assembly/ compiles to, in base64, so that it needs no loading: written by `npm run kernel`. */',
      'export const kernelWasm =',
      `  '${base64}';`,
      '',
    ].join('\n');
  } finally {
    await rm(scratch, { recursive: true });
  }
}
