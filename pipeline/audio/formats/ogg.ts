import { type AudioFormat, ascii, type OpenedAudio, viewOf } from './format.js';
import { decodeByLibrary } from './library.js';

const IS_FIRST = 2;
const IS_LAST = 4;
const PAGE_HEADER_BYTES = 27;

/** Other codecs in Ogg, by how their first packet begins, for the message. */
const otherCodecs: [magic: string, name: string][] = [
  ['\x7fFLAC', 'FLAC'],
  ['Speex   ', 'Speex'],
  ['fishead\0', 'Skeleton'],
  ['\x80theora', 'Theora video'],
];

/**
 * Vorbis in Ogg, decoded by libvorbis. The identification header gives channels and rate, the last page's granule
 * position the number of samples. Source: Xiph, "Vorbis I specification", sections 4.2.2 and A.2.
 */
export const oggVorbis: AudioFormat = {
  name: 'ogg-vorbis',
  title: 'Ogg Vorbis',
  recognises: (bytes) => firstPacketBegins(bytes, '\x01vorbis'),
  open(bytes) {
    const { firstPacket, lastGranule } = readPages(bytes);
    if (firstPacket.length < 16) throw new SyntaxError('cut short: the Ogg ends inside its Vorbis header');
    return {
      channelCount: firstPacket[11],
      sampleRateHz: viewOf(firstPacket).getUint32(12, true),
      sampleCount: lastGranule,
      decode: async (mostSamples) =>
        decodeByLibrary((await import('@audio/decode-vorbis')).decoder, bytes, mostSamples),
    };
  },
};

/**
 * Opus in Ogg, decoded by libopus, always at 48 kHz whatever was encoded. The number of samples is the last page's
 * granule position less the encoder's delay (pre-skip). Source: RFC 7845, sections 4 and 5.1.
 */
export const oggOpus: AudioFormat = {
  name: 'ogg-opus',
  title: 'Ogg Opus',
  recognises: (bytes) => firstPacketBegins(bytes, 'OpusHead'),
  open(bytes): OpenedAudio {
    const { firstPacket, lastGranule } = readPages(bytes);
    if (firstPacket.length < 19) throw new SyntaxError('cut short: the Ogg ends inside its Opus header');
    const preSkip = viewOf(firstPacket).getUint16(10, true);
    return {
      channelCount: firstPacket[9],
      sampleRateHz: 48_000,
      sampleCount: lastGranule - preSkip,
      decode: async (mostSamples) => decodeByLibrary((await import('@audio/decode-opus')).decoder, bytes, mostSamples),
    };
  },
};

/** Names what else an Ogg file may hold. */
export function otherOggCodec(bytes: Uint8Array): string | undefined {
  return otherCodecs.find(([magic]) => firstPacketBegins(bytes, magic))?.[1];
}

function firstPacketBegins(bytes: Uint8Array, magic: string): boolean {
  return (
    bytes.length > PAGE_HEADER_BYTES &&
    ascii(bytes, 0, 4) === 'OggS' &&
    ascii(bytes, PAGE_HEADER_BYTES + bytes[26], magic.length) === magic
  );
}

/**
 * Walks all pages of the one logical stream; every page proves itself by its CRC-32, so that no damage reaches the
 * decoder. Chained and multiplexed streams are refused. Source: RFC 3533, section 6.
 */
function readPages(bytes: Uint8Array): { firstPacket: Uint8Array; lastGranule: number } {
  let firstPacket: Uint8Array | undefined;
  let serial = 0;
  let sequence = 0;
  let lastGranule = 0;
  let isLast = false;
  for (let offset = 0; offset < bytes.length; ) {
    const page = pageAt(bytes, offset);
    const view = viewOf(page);
    const body = page.subarray(PAGE_HEADER_BYTES + page[26]);
    if (isLast || (firstPacket && view.getUint32(14, true) !== serial))
      throw new SyntaxError('Ogg with more than one stream is not supported');
    if (view.getUint32(18, true) !== sequence++) throw new SyntaxError('damaged: an Ogg page is missing');
    if ((page[5] & IS_FIRST) !== (firstPacket ? 0 : IS_FIRST))
      throw new SyntaxError('damaged: the Ogg stream does not begin where the file does');
    firstPacket ??= body;
    serial = view.getUint32(14, true);
    const granule = Number(view.getBigInt64(6, true));
    if (granule !== -1) lastGranule = granule; // −1: no packet ends on this page
    isLast = (page[5] & IS_LAST) !== 0;
    offset += page.length;
  }
  if (!isLast || !firstPacket) throw new SyntaxError('cut short: the last Ogg page does not say that it is the last');
  return { firstPacket, lastGranule };
}

function pageAt(bytes: Uint8Array, offset: number): Uint8Array {
  const bodyStart = offset + PAGE_HEADER_BYTES + (bytes[offset + 26] ?? 0);
  if (bodyStart > bytes.length) throw new SyntaxError('cut short: the Ogg ends inside a page');
  if (ascii(bytes, offset, 4) !== 'OggS' || bytes[offset + 4] !== 0)
    throw new SyntaxError(`damaged: no Ogg page begins at byte ${offset}`);
  const bodyBytes = bytes.subarray(offset + PAGE_HEADER_BYTES, bodyStart).reduce((sum, segment) => sum + segment, 0);
  if (bodyStart + bodyBytes > bytes.length) throw new SyntaxError('cut short: the Ogg ends inside a page');
  const page = bytes.subarray(offset, bodyStart + bodyBytes);
  if (crc32(page) !== viewOf(page).getUint32(22, true))
    throw new SyntaxError(`damaged: the Ogg page at byte ${offset} fails its checksum`);
  return page;
}

const crc32Table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x80000000 ? 0x04c11db7 : 0);
  return crc;
});

/** Ogg's CRC: the polynomial of Ethernet, from 0, neither reflected nor inverted, its own field read as 0. */
function crc32(page: Uint8Array): number {
  let crc = 0;
  for (let i = 0; i < page.length; i++) {
    const byte = i >= 22 && i < 26 ? 0 : page[i];
    crc = (crc << 8) ^ crc32Table[((crc >>> 24) ^ byte) & 0xff];
  }
  return crc >>> 0;
}
