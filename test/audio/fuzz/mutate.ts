import { viewOf } from '../../../pipeline/audio/formats/format.js';
import { crc } from '../crc.js';
import type { IntactFile } from './intact.js';

/** 0 ≤ x < 1. */
export type Random = () => number;

const below = (random: Random, end: number): number => Math.floor(random() * end);
const oneOf = <T>(random: Random, choices: readonly T[]): T => choices[below(random, choices.length)];

/** Half of the places lie among the first 100 bytes, where the headers are. */
const place = (random: Random, length: number): number =>
  below(random, random() < 0.5 ? Math.min(100, length) : length);

type Mutation = (bytes: Uint8Array, random: Random, file: IntactFile, others: readonly IntactFile[]) => Uint8Array;

const mutations: Record<string, Mutation> = {
  flip(bytes, random) {
    const flipped = bytes.slice();
    for (let i = 1 + below(random, 8); i > 0; i--) flipped[place(random, bytes.length)] ^= 1 << below(random, 8);
    return flipped;
  },
  overwrite(bytes, random) {
    const start = place(random, bytes.length);
    return bytes.map((byte, i) => (i >= start && i < start + 16 ? below(random, 256) : byte));
  },
  /** A number that may be a length, a count or a rate, at the edge of what its field holds. */
  extreme(bytes, random) {
    const changed = bytes.slice();
    const width = oneOf(random, [1, 2, 4]);
    if (bytes.length < width) return changed;
    const edges = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff0000, 0x7fffffff, 0x80000000, 0xffffffff];
    const value = oneOf(random, [...edges, bytes.length, bytes.length + 1, bytes.length - 1]);
    const at = Math.min(place(random, bytes.length), bytes.length - width);
    const view = viewOf(changed);
    const littleEndian = random() < 0.5;
    if (width === 1) view.setUint8(at, value);
    else if (width === 2) view.setUint16(at, value, littleEndian);
    else view.setUint32(at, value, littleEndian);
    return changed;
  },
  cut: (bytes, random) => bytes.slice(0, below(random, bytes.length + 1)),
  remove(bytes, random) {
    const start = place(random, bytes.length);
    return joined(bytes.subarray(0, start), bytes.subarray(start + 1 + below(random, 200)));
  },
  insert(bytes, random) {
    const start = place(random, bytes.length);
    const added = Uint8Array.from({ length: 1 + below(random, 200) }, () => below(random, 256));
    return joined(bytes.subarray(0, start), added, bytes.subarray(start));
  },
  repeat(bytes, random) {
    const [start, end] = [below(random, bytes.length), below(random, bytes.length)].sort((a, b) => a - b);
    return joined(bytes.subarray(0, end), bytes.subarray(start));
  },
  splice(bytes, random, _, others) {
    const other = oneOf(random, others).bytes;
    return joined(bytes.subarray(0, below(random, bytes.length)), other.subarray(below(random, other.length)));
  },
  /** Chunks, frames or pages in another order. */
  reorder(bytes, random, { partsBegin }) {
    const starts = [0, ...partStarts(bytes, partsBegin), bytes.length];
    const parts = starts.slice(0, -1).map((start, i) => bytes.subarray(start, starts[i + 1]));
    const [first, ...rest] = parts;
    for (let i = rest.length - 1; i > 0; i--) {
      const j = below(random, i + 1);
      [rest[i], rest[j]] = [rest[j], rest[i]];
    }
    return joined(first, ...rest);
  },
};

/**
 * A file with one to four things wrong. In half of them the checksums are made right again, so that the damage gets past
 * them, as far as the decoders.
 */
export function mutate(file: IntactFile, random: Random, others: readonly IntactFile[]): Uint8Array {
  let bytes = file.bytes;
  for (let i = 1 + below(random, 4); i > 0; i--) {
    const mutation = mutations[oneOf(random, Object.keys(mutations))];
    if (bytes.length > 0) bytes = mutation(bytes, random, file, others);
  }
  return random() < 0.5 ? bytes : sealed(bytes.slice());
}

function partStarts(bytes: Uint8Array, partsBegin: readonly string[]): number[] {
  const isPart = (at: number) =>
    partsBegin.some((magic) => [...magic].every((letter, i) => bytes[at + i] === letter.charCodeAt(0)));
  return Array.from(bytes.keys()).filter((at) => at > 0 && isPart(at));
}

function sealed(bytes: Uint8Array): Uint8Array {
  for (const start of [0, ...partStarts(bytes, ['OggS'])]) sealPage(bytes.subarray(start));
  const [frames] = partStarts(bytes, ['\xff\xf8', '\xff\xf9']);
  if (frames === undefined || bytes[0] !== 'f'.charCodeAt(0)) return bytes;
  const check = crc(bytes.subarray(frames), 16, 0x8005);
  return joined(bytes, Uint8Array.of(check >> 8, check & 255));
}

/** Writes an Ogg page's CRC-32, where the page is whole. */
function sealPage(bytes: Uint8Array): void {
  const bodyStart = 27 + (bytes[26] ?? 0);
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== 'OggS' || bodyStart > bytes.length) return;
  const bodyBytes = bytes.subarray(27, bodyStart).reduce((sum, segment) => sum + segment, 0);
  const page = bytes.subarray(0, bodyStart + bodyBytes);
  const view = viewOf(page);
  view.setUint32(22, 0);
  view.setUint32(22, crc(page, 32, 0x04c11db7), true);
}

function joined(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
