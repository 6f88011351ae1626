export type FormatName = 'wav' | 'flac' | 'mp3' | 'ogg-vorbis' | 'ogg-opus';

/**
 * One way of storing sound. `open` reads the container's own header, so that what the decoder gives can be held
 * against what was promised: the decoders shorten a damaged file without a word.
 */
export interface AudioFormat {
  name: FormatName;
  /** As people write it: `WAV`, `Ogg Opus`. */
  title: string;
  /** Is this the format? Looks at the first bytes alone. */
  recognises(bytes: Uint8Array): boolean;
  /** Reads the header. Errors do not name the file; `decodeAudio` puts its name in front. */
  open(bytes: Uint8Array): OpenedAudio;
}

export interface OpenedAudio {
  channelCount: number;
  sampleRateHz: number;
  /** Samples a channel that the header promises; undefined where it leaves that open. */
  sampleCount?: number;
  /** What is known to be wrong with the bytes, where a decoder would still give something. */
  damage?: string;
  /** Ends early, at some length above it, where there is more than `mostSamples` a channel. */
  decode(mostSamples: number): Promise<DecodedChannels>;
}

export interface DecodedChannels {
  channels: Float32Array[]; // (channels)(samples)
  sampleRateHz: number;
}

/** The ASCII characters at an offset; shorter at the end of the bytes. */
export function ascii(bytes: Uint8Array, offset: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + length));
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
