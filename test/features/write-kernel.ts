import { writeFile } from 'node:fs/promises';
import { fromRoot } from '../support/paths.js';
import { compiledKernel } from './compiled-kernel.js';

/** `npm run kernel`: writes pipeline/features/kernel-wasm.ts. */
await writeFile(fromRoot('pipeline', 'features', 'kernel-wasm.ts'), await compiledKernel());
