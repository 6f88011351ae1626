/// <reference path="./speex-resampler-wasm.d.ts" />
import createSpeexModule, { type SpeexModule } from '@echogarden/speex-resampler-wasm/simd';

/** SpeexDSP's best: a windowed sinc of 256 taps (more when going down), passband 97.5 % of the lower Nyquist rate. */
const QUALITY = 10;
const BLOCK_SAMPLES = 8192;
const FLOAT_BYTES = 4;

let speex: Promise<SpeexModule> | undefined;

/** `resample` by SpeexDSP itself, for rates that are not equal. */
export async function resampleBySpeex(samples: Float32Array, fromHz: number, toHz: number): Promise<Float32Array> {
  speex ??= createSpeexModule();
  return resampleBlocks(await speex, samples, fromHz, toHz);
}

/** Synchronous from here on: nothing else touches the module's memory in between. */
function resampleBlocks(module: SpeexModule, samples: Float32Array, fromHz: number, toHz: number): Float32Array {
  const lengths = module._malloc(2 * FLOAT_BYTES); // samples in, samples out
  const input = module._malloc(BLOCK_SAMPLES * FLOAT_BYTES);
  const output = module._malloc(BLOCK_SAMPLES * FLOAT_BYTES);
  const state = module._speex_resampler_init(1, fromHz, toHz, QUALITY, lengths);
  try {
    if (state === 0) throw new Error(`cannot resample from ${fromHz} Hz to ${toHz} Hz: no memory for the filter`);
    module._speex_resampler_skip_zeros(state);
    const resampled = new Float32Array(Math.round((samples.length * toHz) / fromHz));
    let read = 0;
    let written = 0;
    while (written < resampled.length) {
      // Past the end the block is silence: it pushes the filter's tail out.
      const block = samples.subarray(read, read + BLOCK_SAMPLES);
      module.HEAPF32.fill(0, input / FLOAT_BYTES, input / FLOAT_BYTES + BLOCK_SAMPLES);
      module.HEAPF32.set(block, input / FLOAT_BYTES);
      module.HEAPU32[lengths / FLOAT_BYTES] = read < samples.length ? block.length : BLOCK_SAMPLES;
      module.HEAPU32[lengths / FLOAT_BYTES + 1] = Math.min(BLOCK_SAMPLES, resampled.length - written);
      const failure = module._speex_resampler_process_float(state, 0, input, lengths, output, lengths + FLOAT_BYTES);
      if (failure !== 0) throw new Error(`cannot resample from ${fromHz} Hz to ${toHz} Hz: SpeexDSP error ${failure}`);
      const count = module.HEAPU32[lengths / FLOAT_BYTES + 1];
      resampled.set(module.HEAPF32.subarray(output / FLOAT_BYTES, output / FLOAT_BYTES + count), written);
      read += module.HEAPU32[lengths / FLOAT_BYTES];
      written += count;
    }
    return resampled;
  } finally {
    if (state !== 0) module._speex_resampler_destroy(state);
    for (const address of [lengths, input, output]) module._free(address);
  }
}
