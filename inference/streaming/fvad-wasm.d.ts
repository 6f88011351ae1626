/** The part of libfvad's C interface, compiled to WebAssembly by Emscripten, that is used here. */
declare module '@echogarden/fvad-wasm' {
  /** Addresses are byte offsets into the module's memory. */
  export interface FvadModule {
    readonly HEAP16: Int16Array;
    _malloc(bytes: number): number;
    _free(address: number): void;
    /** A detector's address; 0 where there is no memory for it. */
    _fvad_new(): number;
    _fvad_free(detector: number): void;
    /** 0 is success. */
    _fvad_set_mode(detector: number, mode: number): number;
    _fvad_set_sample_rate(detector: number, sampleRateHz: number): number;
    /** 1: voice, 0: none, −1: not a frame of 10, 20 or 30 ms. */
    _fvad_process(detector: number, frameAddress: number, samples: number): number;
  }
  export default function createFvadModule(): Promise<FvadModule>;
}
