/** One chunk of a RIFF file. `size` is what it claims; its own length where left out. */
export interface Chunk {
  id: string;
  body: Uint8Array;
  size?: number;
}

/** A RIFF WAVE file of these chunks, each padded to an even length. */
export function wavBytes(chunks: readonly Chunk[]): Uint8Array {
  const bytes: number[] = [...text('RIFF'), 0, 0, 0, 0, ...text('WAVE')];
  for (const { id, body, size = body.length } of chunks)
    bytes.push(...text(id), ...u32(size), ...body, ...(body.length % 2 ? [0] : []));
  bytes.splice(4, 4, ...u32(bytes.length - 8));
  return Uint8Array.from(bytes);
}

export interface Fmt {
  tag?: number; // default 1, PCM
  channels?: number; // default 1
  sampleRateHz?: number; // default 16000
  bits?: number; // default 16
  frameBytes?: number; // default channels · bits / 8
  /** The tag goes into the sub-format of a WAVE_FORMAT_EXTENSIBLE chunk. */
  extensible?: boolean;
}

export function fmtChunk({
  tag = 1,
  channels = 1,
  sampleRateHz = 16_000,
  bits = 16,
  frameBytes = (channels * bits) / 8,
  extensible = false,
}: Fmt = {}): Chunk {
  const head = [
    ...u16(extensible ? 0xfffe : tag),
    ...u16(channels),
    ...u32(sampleRateHz),
    ...u32(sampleRateHz * frameBytes),
    ...u16(frameBytes),
    ...u16(bits),
  ];
  const guidRest = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
  const extension = [...u16(22), ...u16(bits), ...u32(0), ...u16(tag), ...guidRest];
  return { id: 'fmt ', body: Uint8Array.from(extensible ? [...head, ...extension] : head) };
}

export const dataChunk = (body: ArrayLike<number>, size?: number): Chunk => ({
  id: 'data',
  body: Uint8Array.from(body),
  size,
});

export const text = (characters: string): number[] => [...characters].map((c) => c.charCodeAt(0));
const u16 = (value: number) => [value & 255, (value >> 8) & 255];
const u32 = (value: number) => [...u16(value & 0xffff), ...u16(value >>> 16)];
