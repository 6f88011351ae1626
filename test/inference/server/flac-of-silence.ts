/** Largest block that FLAC has. */
const BLOCK_SAMPLES = 65_535;

/**
 * A FLAC of nothing but constant frames: some 14 bytes give 65535 samples, so an hour fits into a few kilobytes.
 *
 * @param claimedSamples what the header says of its length; 0: it does not
 * Source: RFC 9639, sections 8.2 (STREAMINFO) and 9 (frames).
 */
export function flacOfSilence(frames: number, sampleRateHz: number, claimedSamples: number, channels = 1): Uint8Array {
  const info = new DataView(new ArrayBuffer(34));
  info.setUint16(0, BLOCK_SAMPLES);
  info.setUint16(2, BLOCK_SAMPLES);
  info.setUint32(10, ((sampleRateHz << 12) | ((channels - 1) << 9) | (15 << 4)) >>> 0); // 16 bits a sample
  info.setUint32(14, claimedSamples);
  const bytes = [0x66, 0x4c, 0x61, 0x43, 0x80, 0, 0, 34, ...new Uint8Array(info.buffer)];
  for (let frame = 0; frame < frames; frame++) bytes.push(...constantFrame(frame, channels));
  return Uint8Array.from(bytes);
}

function constantFrame(number: number, channels: number): number[] {
  const blockSize = [(BLOCK_SAMPLES - 1) >> 8, (BLOCK_SAMPLES - 1) & 255];
  const header = [0xff, 0xf8, 0x70, ((channels - 1) << 4) | 8, ...coded(number), ...blockSize];
  header.push(crc(header, 8, 0x07));
  for (let channel = 0; channel < channels; channel++) header.push(0, 0, 0); // constant, its value 0
  const check = crc(header, 16, 0x8005);
  return [...header, check >> 8, check & 255];
}

/** A frame's number, as UTF-8 codes a character. */
const coded = (number: number): number[] => [...new TextEncoder().encode(String.fromCodePoint(number))];

function crc(bytes: readonly number[], bits: 8 | 16, polynomial: number): number {
  const top = 1 << (bits - 1);
  const mask = 2 ** bits - 1;
  let value = 0;
  for (const byte of bytes) {
    value ^= byte << (bits - 8);
    for (let bit = 0; bit < 8; bit++) value = (value & top ? (value << 1) ^ polynomial : value << 1) & mask;
  }
  return value;
}
