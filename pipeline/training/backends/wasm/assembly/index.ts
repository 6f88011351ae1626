/**
 * Element loops in WebAssembly SIMD, on the memory of tfjs' wasm module: every pointer is one of its tensors or a piece
 * that it allocated, and nothing is allocated here.
 */
export { batchNorm, batchNormGradient } from './batch-normalization';
export { dropout } from './dropout';
export { filterGradient } from './filter-gradient';
export { maxPool, maxPoolGradient } from './max-pooling';
