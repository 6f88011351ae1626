import { type DecodeOptions, decodeAudio } from './decode.js';
import { mixToMono } from './mono.js';
import { resample } from './resample.js';

export { AudioTooLong, type DecodedAudio, type DecodeOptions, decodeAudio } from './decode.js';
export { encodeWav } from './encode-wav.js';
export { firstNotFinite } from './finite.js';
export type { FormatName } from './formats/format.js';
export { mixToMono } from './mono.js';
export { resample } from './resample.js';
export { createResampler, type StreamingResampler } from './streaming-resampler.js';
export { type Trimmed, type TrimOptions, trimSilence } from './trim.js';
export { WasmKernel } from './wasm-kernel.js';

/** Mono samples, nominally −1…1. */
export interface Audio {
  samples: Float32Array;
  sampleRateHz: number;
}

/**
 * The one road from bytes to samples at a known rate: decode, mix to mono, resample. The same in Node and browser.
 *
 * @param name the file, for messages
 * @param sampleRateHz the rate wanted
 * @throws as `decodeAudio` and `resample` do
 */
export async function loadAudio(
  bytes: Uint8Array,
  name: string,
  sampleRateHz: number,
  options: DecodeOptions = {},
): Promise<Audio> {
  const { channels, sampleRateHz: fileRateHz } = await decodeAudio(bytes, name, options);
  return { samples: await resample(mixToMono(channels), fileRateHz, sampleRateHz), sampleRateHz };
}
