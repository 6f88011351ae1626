import { writeFile } from 'node:fs/promises';
import { fromRoot } from '../../support/paths.js';
import { supported } from './supported.js';

/** `npm run supported`: writes onnx/SUPPORTED.md. */
await writeFile(fromRoot('onnx', 'SUPPORTED.md'), await supported());
