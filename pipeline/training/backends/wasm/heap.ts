import * as tf from '@tensorflow/tfjs-core';
import type { FusedKernel } from '../../layers/kernels.js';

/** What is used of tfjs' wasm backend: tensors as views of its memory. */
export interface WasmBackend {
  makeOutput(shape: number[], dtype: 'float32' | 'int32', memoryOffset?: number): tf.TensorInfo;
  disposeData(dataId: object): void;
  dataIdMap: { get(dataId: object): { id: number; memoryOffset: number }; delete(dataId: object): void };
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array;
  wasm: { _malloc(bytes: number): number; tfjs: { disposeData(id: number): void } };
}

export interface WasmCall<Attributes = object> {
  inputs: Record<string, tf.Tensor>;
  attrs: Attributes;
  backend: WasmBackend;
}

/** Registers a kernel that reads and writes wasm's memory from JavaScript, in loops that V8 compiles well. */
export function registerWasmKernel<Attributes>(
  kernelName: FusedKernel | string,
  compute: (call: WasmCall<Attributes>) => tf.TensorInfo[],
): void {
  if (tf.getKernel(kernelName, 'wasm')) tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({
    kernelName,
    backendName: 'wasm',
    kernelFunc: (call) => compute(call as unknown as WasmCall<Attributes>),
  });
}

/**
 * The values of tensors, as views. To be asked for after all outputs have been made: memory that grows moves away from
 * under the views taken before.
 */
export function valuesOf<T extends tf.TensorInfo[]>(
  backend: WasmBackend,
  ...tensors: T
): { [K in keyof T]: Float32Array } {
  return tensors.map((tensor) => backend.typedArrayFromHeap(tensor)) as { [K in keyof T]: Float32Array };
}

/**
 * Part of a tensor as a tensor of its own, for a kernel, without a copy. To be released, not disposed: the memory is the
 * whole tensor's.
 *
 * @param from the first element
 */
export function viewOf(backend: WasmBackend, whole: tf.TensorInfo, from: number, shape: number[]) {
  const tensor = backend.makeOutput(shape, 'float32', backend.dataIdMap.get(whole.dataId).memoryOffset + 4 * from);
  const release = () => {
    backend.wasm.tfjs.disposeData(backend.dataIdMap.get(tensor.dataId).id);
    backend.dataIdMap.delete(tensor.dataId);
  };
  return { tensor, release };
}
