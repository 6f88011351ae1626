import { type AudioFormat, ascii, viewOf } from './format.js';
import { decodeByLibrary } from './library.js';

const STREAMINFO_BYTES = 34;

/**
 * FLAC in its own container, decoded by libFLAC. STREAMINFO says how many samples there are (0: unknown, from an
 * encoder that wrote to a pipe). A frame ends in its own CRC-16, so the CRC-16 over all frames is 0 as well: damage,
 * and an end inside a frame, are seen whatever STREAMINFO says.
 * Source: RFC 9639, sections 8.2 (STREAMINFO) and 9.3 (frame footer).
 */
export const flac: AudioFormat = {
  name: 'flac',
  title: 'FLAC',
  recognises: (bytes) => ascii(bytes, 0, 4) === 'fLaC',
  open(bytes) {
    const { frameStarts, areIntact } = walkFrames(bytes, metadataEnd(bytes));
    const view = viewOf(bytes);
    const packed = view.getUint32(18); // rate: 20 bits, channels − 1: 3, bits a sample − 1: 5, the count's top: 4
    const sampleCount = (packed & 15) * 2 ** 32 + view.getUint32(22);
    return {
      sampleRateHz: packed >>> 12,
      channelCount: ((packed >>> 9) & 7) + 1,
      sampleCount: sampleCount === 0 && frameStarts.length > 0 ? undefined : sampleCount,
      damage: areIntact ? undefined : 'a frame fails its checksum',
      decode: async (mostSamples) =>
        decodeByLibrary((await import('@audio/decode-flac')).decoder, bytes, mostSamples, frameStarts),
    };
  },
};

/** Where the frames begin: after the last of the metadata blocks, of which STREAMINFO is the first. */
function metadataEnd(bytes: Uint8Array): number {
  const view = viewOf(bytes);
  let offset = 4;
  for (let isLast = false; !isLast; ) {
    if (offset + 4 > bytes.length) throw new SyntaxError('cut short: the FLAC ends inside its header');
    const header = view.getUint32(offset); // last-block flag: 1 bit, type: 7, length: 24
    const type = (header >>> 24) & 127;
    const length = header & 0xffffff;
    if (offset === 4 && (type !== 0 || length !== STREAMINFO_BYTES))
      throw new SyntaxError('damaged: the FLAC does not begin with STREAMINFO');
    isLast = header >>> 31 === 1;
    offset += 4 + length;
  }
  if (offset > bytes.length) throw new SyntaxError('cut short: the FLAC ends inside its header');
  return offset;
}

const crc16Table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x8000 ? 0x8005 : 0);
  return crc;
});

/**
 * Where the frames begin, from offset `start` on: at a sync code before which the CRC-16 is 0. Its polynomial is
 * x^16 + x^15 + x^2 + 1, from 0, not reflected.
 */
function walkFrames(bytes: Uint8Array, start: number): { frameStarts: number[]; areIntact: boolean } {
  const frameStarts: number[] = [];
  let crc = 0;
  for (let i = start; i < bytes.length; i++) {
    if (crc === 0 && bytes[i] === 0xff && (bytes[i + 1] & 0xfe) === 0xf8) frameStarts.push(i);
    crc = ((crc << 8) & 0xffff) ^ crc16Table[(crc >>> 8) ^ bytes[i]];
  }
  return { frameStarts, areIntact: crc === 0 };
}
