import { writeFile } from 'node:fs/promises';
import { compiledKernel, kernelFolders } from './compiled-kernel.js';
import { fromRoot } from './paths.js';

/** `npm run kernels`: writes kernel-wasm.ts beside each assembly/ that comes as base64. */
for (const folder of kernelFolders) await writeFile(fromRoot(folder, 'kernel-wasm.ts'), await compiledKernel(folder));
