import type { DecodedChannels } from './format.js';

/** What the decoders of the @audio/decode-* family have in common. All but `free` are synchronous once created. */
export interface LibraryDecoder {
  decode(bytes: Uint8Array): { channelData: Float32Array[]; sampleRate: number };
  flush?(): { channelData: Float32Array[]; sampleRate: number };
  free(): void;
}

type Part = ReturnType<LibraryDecoder['decode']>;

/** Of a file, at a time. A FLAC of silence can hold ten thousand samples in 16 bytes: a bite has to be small. */
const BITE_BYTES = 1024;

/**
 * A whole file through a decoder of its own, so that files may be decoded side by side; or its beginning, where it
 * holds more than `mostSamples` a channel.
 *
 * @param frameStarts offsets, ascending, in whose next bytes no bite may end: @audio/decode-flac 1.3.5 overlooks a frame
 *   whose header comes in two pieces
 */
export async function decodeByLibrary(
  createDecoder: () => Promise<LibraryDecoder>,
  bytes: Uint8Array,
  mostSamples: number,
  frameStarts: readonly number[] = [],
): Promise<DecodedChannels> {
  const decoder = await createDecoder();
  try {
    const parts = strictly(() => decodeBites(decoder, bites(bytes, frameStarts), mostSamples));
    const channelCount = parts[0]?.channelData.length ?? 0;
    if (parts.some((part) => part.channelData.length !== channelCount))
      throw new Error('the number of channels changes on the way');
    const channels = Array.from({ length: channelCount }, (_, c) => concatenate(parts.map((p) => p.channelData[c])));
    return { channels, sampleRateHz: parts[0]?.sampleRate ?? 0 };
  } finally {
    decoder.free();
  }
}

function decodeBites(decoder: LibraryDecoder, bites: Iterable<Uint8Array>, mostSamples: number): Part[] {
  const parts: Part[] = [];
  let sampleCount = 0;
  const add = (part?: Part) => {
    if (!part?.channelData[0]?.length) return; // mpg123 gives no rate with no samples
    parts.push(part);
    sampleCount += part.channelData[0].length;
  };
  for (const bite of bites) {
    add(decoder.decode(bite));
    if (sampleCount > mostSamples) return parts;
  }
  add(decoder.flush?.());
  return parts;
}

/** Each ends before the last frame that begins in its kilobyte, or after all of it where none does. */
function* bites(bytes: Uint8Array, frameStarts: readonly number[]): Generator<Uint8Array> {
  let frame = 0;
  for (let start = 0; start < bytes.length; ) {
    let end = start + BITE_BYTES;
    for (; frameStarts[frame] <= start + BITE_BYTES; frame++) if (frameStarts[frame] > start) end = frameStarts[frame];
    yield bytes.subarray(start, end);
    start = end;
  }
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
