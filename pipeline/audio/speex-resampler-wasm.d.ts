/** The part of the SpeexDSP resampler's C interface, compiled to WebAssembly by Emscripten, that is used here. */
declare module '@echogarden/speex-resampler-wasm/simd' {
  /** Addresses are byte offsets into the module's memory. */
  export interface SpeexModule {
    readonly HEAPU32: Uint32Array;
    readonly HEAPF32: Float32Array;
    _malloc(bytes: number): number;
    _free(address: number): void;
    /** The state's address; 0 where it fails, with the reason in `errorAddress`. */
    _speex_resampler_init(
      channels: number,
      fromHz: number,
      toHz: number,
      quality: number,
      errorAddress: number,
    ): number;
    _speex_resampler_destroy(state: number): void;
    /** Starts the output at the input's first sample instead of half a filter before it. */
    _speex_resampler_skip_zeros(state: number): number;
    /** In: how many samples there are and fit. Out: how many were read and written. 0 is success. */
    _speex_resampler_process_float(
      state: number,
      channel: number,
      inputAddress: number,
      inputLengthAddress: number,
      outputAddress: number,
      outputLengthAddress: number,
    ): number;
  }
  export default function createSpeexModule(): Promise<SpeexModule>;
}
