export type { Folder } from './folder.js';
export { type TransformersOptions, transformersFolder } from './transformers.js';
export { type TritonOptions, tritonFolder } from './triton.js';
