import type { DecodedChannels } from './format.js';

/** What the decoders of the @audio/decode-* family have in common. All but `free` are synchronous once created. */
export interface LibraryDecoder {
  decode(bytes: Uint8Array): { channelData: Float32Array[]; sampleRate: number };
  flush?(): { channelData: Float32Array[]; sampleRate: number };
  free(): void;
}

type Part = ReturnType<LibraryDecoder['decode']>;

/** There is more sound in the file than was to be decoded. */
export class TooManySamples extends RangeError {}

/**
 * With a limit, bytes go in by so many: a frame of silence can be as short as 12 bytes and give 65535 samples in each of
 * 8 channels, so that even a hostile piece is some 50 MB of samples.
 */
const PIECE_BYTES = 1024;

/**
 * A whole file through a decoder of its own, so that files may be decoded side by side.
 *
 * @param maxSamples a channel
 * @throws TooManySamples
 */
export async function decodeByLibrary(
  createDecoder: () => Promise<LibraryDecoder>,
  bytes: Uint8Array,
  maxSamples: number,
): Promise<DecodedChannels> {
  const decoder = await createDecoder();
  try {
    const parts = strictly(() => decodeParts(decoder, bytes, maxSamples));
    const channelCount = parts[0]?.channelData.length ?? 0;
    if (parts.some((part) => part.channelData.length !== channelCount))
      throw new Error('the number of channels changes on the way');
    const channels = Array.from({ length: channelCount }, (_, c) => concatenate(parts.map((p) => p.channelData[c])));
    return { channels, sampleRateHz: parts[0]?.sampleRate ?? 0 };
  } finally {
    decoder.free();
  }
}

function decodeParts(decoder: LibraryDecoder, bytes: Uint8Array, maxSamples: number): Part[] {
  const pieceBytes = maxSamples === Infinity ? bytes.length : PIECE_BYTES;
  const parts: Part[] = [];
  let samples = 0;
  const keep = (part: Part | undefined) => {
    if (!part?.channelData.length) return;
    samples += part.channelData[0].length;
    if (samples > maxSamples) throw new TooManySamples(`more than ${maxSamples} samples`);
    parts.push(part);
  };
  for (let start = 0; start < bytes.length; start += pieceBytes)
    keep(decoder.decode(bytes.subarray(start, start + pieceBytes)));
  keep(decoder.flush?.());
  return parts;
}

/**
 * Runs a decoder with `console.error` throwing. The WebAssembly decoders report a bad frame there and go on, mpg123
 * for ever if the bad state lasts; to us a bad frame is an error. Synchronous, so nobody else's message is caught.
 */
function strictly<T>(decode: () => T): T {
  const report = console.error;
  console.error = (message: unknown) => {
    throw new Error(String(message));
  };
  try {
    return decode();
  } finally {
    console.error = report;
  }
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
