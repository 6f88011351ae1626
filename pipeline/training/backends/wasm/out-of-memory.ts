import * as tf from '@tensorflow/tfjs-core';
import type { WasmBackend } from './heap.js';

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

let explained = false;

/** As little as this in use is not the reason of a trap. */
const plenty = 2 ** 30;

/**
 * Makes a trap in one of tfjs' kernels, which allocate for themselves too and do not look either, an error that names
 * kernel, memory and remedy.
 */
export function explainTraps(): void {
  if (explained) return;
  explained = true;
  for (const kernel of tf.getKernelsForBackend('wasm')) {
    const stock = kernel.kernelFunc;
    kernel.kernelFunc = (call) => {
      try {
        return stock(call);
      } catch (error) {
        const { name, message } = error as Error;
        const used = (call.backend as WasmBackend).wasm.asm.memory.buffer.byteLength;
        if (name !== 'RuntimeError' || used < plenty) throw error;
        throw new Error(
          `wasm has no memory left in ${kernel.kernelName} (${message}, ${Math.round(used / 2 ** 20)} MB in use); ` +
            'try a smaller batchSize or another backend',
        );
      }
    };
  }
}
