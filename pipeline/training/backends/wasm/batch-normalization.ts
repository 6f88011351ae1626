import { fusedKernels } from '../../layers/kernels.js';
import { pointersTo, registerWasmKernel, type WasmCall, withScratch } from './heap.js';
import { kernelsOf } from './kernels.js';

/** Batch normalisation over the last axis and its gradient, two passes over the tensor each; sums in double precision. */
export function registerBatchNormalization(): void {
  registerWasmKernel(fusedKernels.batchNorm, forward);
  registerWasmKernel(fusedKernels.batchNormGradient, gradient);
}

/** Bytes of scratch a channel. */
const threeDoubles = 24;

function forward({ inputs: { x, gamma, beta }, attrs: { epsilon }, backend }: WasmCall<{ epsilon: number }>) {
  const channels = gamma.size;
  const outputs = [x.shape, gamma.shape, gamma.shape].map((shape) => backend.makeOutput(shape, 'float32'));
  const [y, mean, variance] = outputs;
  const exactMean = backend.makeOutput([2 * channels], 'float32'); // the bytes of doubles
  const pointers = pointersTo(backend, x, gamma, beta, y, mean, variance, exactMean);
  withScratch(backend, threeDoubles * channels, (scratch) =>
    kernelsOf(backend).batchNorm(...pointers, scratch, x.size / channels, channels, epsilon),
  );
  return [...outputs, exactMean];
}

function gradient({ inputs, attrs: { epsilon }, backend }: WasmCall<{ epsilon: number }>) {
  const { dy, x, gamma, variance, saved0: exactMean } = inputs;
  const channels = gamma.size;
  const outputs = [x.shape, gamma.shape, gamma.shape].map((shape) => backend.makeOutput(shape, 'float32'));
  const [dx, dgamma, dbeta] = outputs;
  const pointers = pointersTo(backend, dy, x, gamma, exactMean, variance, dx, dgamma, dbeta);
  withScratch(backend, threeDoubles * channels, (scratch) =>
    kernelsOf(backend).batchNormGradient(...pointers, scratch, x.size / channels, channels, epsilon),
  );
  return outputs;
}
