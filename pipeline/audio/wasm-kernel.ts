/** Node and browsers have it, Node's types do not. */
declare const WebAssembly: {
  Memory: new (size: { initial: number }) => KernelMemory;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
};
interface KernelMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): void;
}

const PAGE_BYTES = 65_536;

/**
 * Loops of ours in WebAssembly SIMD, with the memory that they work on. They come as base64 in a module of their own, so
 * that every bundler takes them along, and are compiled by the first use and synchronously, which browsers allow on the
 * main thread too for so few kB.
 */
export class WasmKernel<Functions> {
  readonly #base64: string;
  #loaded: { functions: Functions; memory: KernelMemory } | undefined;

  constructor(base64: string) {
    this.#base64 = base64;
  }

  /** The functions and their memory, of at least so many bytes: a larger one keeps what the smaller one held. */
  with(bytes: number): { functions: Functions; buffer: ArrayBuffer } {
    this.#loaded ??= this.#load();
    const { functions, memory } = this.#loaded;
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    return { functions, buffer: memory.buffer };
  }

  #load() {
    const bytes = Uint8Array.from(atob(this.#base64), (character) => character.charCodeAt(0));
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
    return { functions: exports as Functions, memory };
  }
}
