import { deflateSync } from 'node:zlib';

/** A picture of at most 256 colours: `pixels[row * width + column]` is an index into `palette`, top row first. */
export interface IndexedPicture {
  width: number;
  height: number;
  pixels: Uint8Array; // (height, width)
  /** `#rrggbb` */
  palette: readonly string[];
}

/** As many as a palette holds. */
export const SHADES = 256;

/** A palette of 256 shades through some colours, linear in red, green and blue between two of them, as a colour bar is. */
export function shadesBetween(stops: readonly string[]): string[] {
  return Array.from({ length: SHADES }, (_, shade) => {
    const place = (shade / (SHADES - 1)) * (stops.length - 1);
    const stop = Math.min(Math.floor(place), stops.length - 2);
    const [from, to] = [stops[stop], stops[stop + 1]].map(channels);
    return `#${from.map((value, c) => hex(value + (to[c] - value) * (place - stop))).join('')}`;
  });
}

const channels = (colour: string) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
const hex = (value: number) => Math.round(value).toString(16).padStart(2, '0');

/**
 * The bytes of a PNG file, a byte a pixel before compression.
 *
 * Source: PNG specification, third edition (W3C, 2025): chunks IHDR (colour type 3), PLTE, IDAT, IEND.
 */
export function encodeIndexedPng({ width, height, pixels, palette }: IndexedPicture): Buffer {
  if (pixels.length !== width * height)
    throw new RangeError(`a picture of ${width} × ${height} has ${width * height} pixels, not ${pixels.length}`);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8); // bits, palette, deflate, filters by row, not interlaced
  const rows = Buffer.alloc(height * (width + 1)); // each begins with its filter: 0, none
  for (let row = 0; row < height; row++)
    rows.set(pixels.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.map((colour) => colour.slice(1)).join(''), 'hex')),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(named, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}

/** The PNG specification's check, bit by bit; `node:zlib` has one from Node 20.15 on. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
