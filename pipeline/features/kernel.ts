import { kernelWasm } from './kernel-wasm.js';

/** What assembly/ compiles to; arguments and formulas are told there. Pointers are bytes from the start of the memory. */
export interface Kernel {
  windowFrames(frames: number, window: number, windowed: number, size: number): void;
  powerSpectra(
    ...[windowed, other, roots, unpack, power, size]: [number, number, number, number, number, number]
  ): void;
  weightedSums(values: number, runs: number, weights: number, sums: number, rows: number): void;
  logarithms(values: number, rows: number): void;
  squareRoots(values: number, rows: number): void;
  rootMeanSquares(windowed: number, result: number, size: number): void;
}

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

let loaded: { kernel: Kernel; memory: KernelMemory } | undefined;

/**
 * The kernel and its memory, of at least so many bytes: what a larger demand replaces keeps its contents. It is compiled
 * where it stands, by the first call and synchronously, which browsers allow for its 2 kB on the main thread too.
 */
export function kernelWith(bytes: number): { kernel: Kernel; buffer: ArrayBuffer } {
  loaded ??= load();
  const { kernel, memory } = loaded;
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
  return { kernel, buffer: memory.buffer };
}

function load() {
  const bytes = Uint8Array.from(atob(kernelWasm), (character) => character.charCodeAt(0));
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  return { kernel: exports as Kernel, memory };
}
