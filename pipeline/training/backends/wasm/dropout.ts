import { fusedKernels } from '../../layers/kernels.js';
import { maskState } from '../../layers/random-mask.js';
import { pointersTo, registerWasmKernel, type WasmCall } from './heap.js';
import { kernelsOf } from './kernels.js';

/** Dropout with the masks of `randomMask`, drawn and applied in one pass. */
export function registerDropout(): void {
  registerWasmKernel<{ rate: number; seed: [number, number] }>(fusedKernels.dropout, forward);
}

function forward({
  inputs: { x },
  attrs: { rate, seed },
  backend,
}: WasmCall<{ rate: number; seed: [number, number] }>) {
  const y = backend.makeOutput(x.shape, 'float32');
  const mask = backend.makeOutput(x.shape, 'float32');
  const pointers = pointersTo(backend, x, y, mask);
  kernelsOf(backend).dropout(...pointers, x.size, rate * 2 ** 32, 1 / (1 - rate), ...maskState(seed));
  return [y, mask];
}
