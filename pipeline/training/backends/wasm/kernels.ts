import { readFile } from 'node:fs/promises';
import type { WasmBackend } from './heap.js';

/** What assembly/ compiles to; arguments and formulas are told there. Pointers are bytes from the start of tfjs' memory. */
export interface WasmKernels {
  batchNorm(
    ...args: [
      ...[x: number, gamma: number, beta: number, y: number, mean: number, variance: number, exactMean: number],
      ...[scratch: number, rows: number, channels: number, epsilon: number],
    ]
  ): void;
  batchNormGradient(
    ...args: [
      ...[dy: number, x: number, gamma: number, exactMean: number, variance: number],
      ...[dx: number, dgamma: number, dbeta: number],
      ...[scratch: number, rows: number, channels: number, epsilon: number],
    ]
  ): void;
  maxPool(
    ...args: [
      ...[x: number, y: number, taken: number],
      ...[batch: number, inHeight: number, inWidth: number, channels: number, outHeight: number, outWidth: number],
      ...[height: number, width: number, strideHeight: number, strideWidth: number, top: number, left: number],
    ]
  ): void;
  maxPoolGradient(dy: number, taken: number, dx: number, batch: number, inputs: number, outputs: number): void;
  filterGradient(
    ...args: [
      ...[x: number, dy: number, dw: number, padded: number],
      ...[batch: number, inHeight: number, inWidth: number, inChannels: number],
      ...[outHeight: number, outWidth: number, outChannels: number],
      ...[kernelHeight: number, kernelWidth: number, strideHeight: number, strideWidth: number],
      ...[top: number, left: number],
    ]
  ): void;
  dropout(
    ...args: [
      ...[x: number, y: number, mask: number, size: number, threshold: number, kept: number],
      ...[a: number, b: number, c: number, d: number],
    ]
  ): void;
}

/** Node has it, its types do not. */
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: unknown } }>;
};

const loaded = new WeakMap<WasmBackend, WasmKernels>();

/**
 * Compiles our kernels onto the memory of that backend, once.
 *
 * @throws Error where this WebAssembly can't run them: without SIMD, or tfjs' build with threads
 */
export async function loadKernels(backend: WasmBackend): Promise<void> {
  if (loaded.has(backend)) return;
  const bytes = await readFile(new URL('kernels.wasm', import.meta.url));
  try {
    const { instance } = await WebAssembly.instantiate(bytes, { env: { memory: backend.wasm.asm.memory } });
    loaded.set(backend, instance.exports as WasmKernels);
  } catch (error) {
    throw new Error(`wasm: the training kernels need WebAssembly SIMD and one thread: ${(error as Error).message}`);
  }
}

export function kernelsOf(backend: WasmBackend): WasmKernels {
  const kernels = loaded.get(backend);
  if (!kernels) throw new Error('wasm: open the backend by openBackend, which loads the training kernels');
  return kernels;
}
