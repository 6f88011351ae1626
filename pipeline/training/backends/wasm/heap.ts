import * as tf from '@tensorflow/tfjs-core';

/** What is used of tfjs' wasm backend: tensors as pieces of its memory. */
export interface WasmBackend {
  makeOutput(shape: number[], dtype: 'float32' | 'int32'): tf.TensorInfo;
  incRef(dataId: object): void;
  disposeData(dataId: object): void;
  dataIdMap: { get(dataId: object): { memoryOffset: number } };
  wasm: {
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    asm: { memory: { buffer: ArrayBuffer } };
  };
}

export interface WasmCall<Attributes = object> {
  inputs: Record<string, tf.Tensor>;
  attrs: Attributes;
  backend: WasmBackend;
}

/** Registers a kernel of ours, in the place of tfjs' own where there is one. */
export function registerWasmKernel<Attributes>(
  kernelName: string,
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
