/** A remainder by its polynomial, from 0, neither reflected nor inverted: what FLAC (8 and 16 bits) and Ogg (32) use. */
export function crc(bytes: ArrayLike<number>, width: 8 | 16 | 32, polynomial: number): number {
  let remainder = 0; // in the top bits of 32
  const aligned = polynomial << (32 - width);
  for (let i = 0; i < bytes.length; i++) {
    remainder ^= bytes[i] << 24;
    for (let bit = 0; bit < 8; bit++) remainder = (remainder << 1) ^ (remainder < 0 ? aligned : 0);
  }
  return remainder >>> (32 - width);
}
