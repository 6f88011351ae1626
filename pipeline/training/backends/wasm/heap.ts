import * as tf from '@tensorflow/tfjs-core';
import type { FusedKernel } from '../../layers/kernels.js';

/** What is used of tfjs' wasm backend: tensors as pieces of its memory. */
export interface WasmBackend {
  makeOutput(shape: number[], dtype: 'float32' | 'int32'): tf.TensorInfo;
  incRef(dataId: object): void;
  dataIdMap: { get(dataId: object): { memoryOffset: number } };
  wasm: {
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    asm: { memory: object };
  };
}

export interface WasmCall<Attributes = object> {
  inputs: Record<string, tf.Tensor>;
  attrs: Attributes;
  backend: WasmBackend;
}

/** Registers a kernel of ours, in the place of tfjs' own where there is one. */
export function registerWasmKernel<Attributes>(
  kernelName: FusedKernel | string,
  compute: (call: WasmCall<Attributes>) => tf.TensorInfo | tf.TensorInfo[],
): void {
  if (tf.getKernel(kernelName, 'wasm')) tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({
    kernelName,
    backendName: 'wasm',
    kernelFunc: (call) => compute(call as unknown as WasmCall<Attributes>),
  });
}

/** Where tensors lie: bytes from the start of wasm's memory. */
export function pointersTo<T extends tf.TensorInfo[]>(backend: WasmBackend, ...tensors: T) {
  return tensors.map(({ dataId }) => backend.dataIdMap.get(dataId).memoryOffset) as { [K in keyof T]: number };
}

/** Lends a piece of wasm's memory. */
export function withScratch(backend: WasmBackend, bytes: number, use: (pointer: number) => void): void {
  const pointer = backend.wasm._malloc(bytes);
  try {
    use(pointer);
  } finally {
    backend.wasm._free(pointer);
  }
}

const checked = new WeakSet<WasmBackend>();

/**
 * Makes wasm's memory running out an error that says so. tfjs does not look at whether it got what it asked for: a
 * kernel would stumble later, over address 0 ("memory access out of bounds").
 */
export function checkAllocations(backend: WasmBackend): void {
  if (checked.has(backend)) return;
  checked.add(backend);
  const { wasm } = backend;
  wasm._free(wasm._malloc(1)); // the first call puts the real function in its own place
  const malloc = wasm._malloc;
  wasm._malloc = (bytes) => {
    const pointer = malloc(bytes);
    if (pointer !== 0) return pointer;
    const megabytes = Math.ceil(bytes / 2 ** 20);
    throw new Error(`wasm has no memory left for ${megabytes} MB; try a smaller batchSize or another backend`);
  };
}
