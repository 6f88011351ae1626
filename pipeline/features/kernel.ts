import { WasmKernel } from '../audio/index.js';
import { kernelWasm } from './kernel-wasm.js';

/** What assembly/ compiles to; arguments and formulas are told there. Pointers are bytes from the start of the memory. */
export interface FrameKernel {
  windowFrames(frames: number, window: number, windowed: number, size: number): void;
  powerSpectra(
    ...[windowed, other, roots, unpack, power, size]: [number, number, number, number, number, number]
  ): void;
  weightedSums(values: number, runs: number, weights: number, sums: number, rows: number): void;
  logarithms(values: number, rows: number): void;
  squareRoots(values: number, rows: number): void;
  rootMeanSquares(windowed: number, result: number, size: number): void;
}

export const frameKernel = new WasmKernel<FrameKernel>(kernelWasm);
