import { TestEnvironment } from 'jest-environment-node';

/**
 * Node's environment with the outer realm's typed arrays. Jest gives each test file a realm of its own, in which
 * `new Float32Array() instanceof Float32Array` fails for arrays made by native addons (onnxruntime, tfjs-node)
 * and WebAssembly.
 */
export default class NativeArraysEnvironment extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    for (const array of [
      ArrayBuffer,
      SharedArrayBuffer,
      DataView,
      Int8Array,
      Uint8Array,
      Uint8ClampedArray,
      Int16Array,
      Uint16Array,
      Int32Array,
      Uint32Array,
      Float32Array,
      Float64Array,
      BigInt64Array,
      BigUint64Array,
    ])
      (this.global as unknown as Record<string, unknown>)[array.name] = array;
    // Its memories are ArrayBuffers too, of the realm it belongs to.
    Reflect.set(this.global, 'WebAssembly', Reflect.get(globalThis, 'WebAssembly'));
  }
}
