import { readFileSync } from 'node:fs';
import { test } from '@jest/globals';
import { compiledKernel, kernelFolders } from './support/compiled-kernel.js';
import { fromRoot } from './support/paths.js';

test.each(kernelFolders)('%s: its kernel-wasm.ts is what its assembly/ compiles to', async (folder) => {
  if (readFileSync(fromRoot(folder, 'kernel-wasm.ts'), 'utf8') !== (await compiledKernel(folder)))
    throw new Error(`${folder}/kernel-wasm.ts is not what assembly/ compiles to: run \`npm run kernels\``);
});
