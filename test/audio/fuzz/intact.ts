import { readFileSync } from 'node:fs';
import { encodeWav } from '../../../pipeline/audio/index.js';
import { fromRoot } from '../../support/paths.js';
import { dataChunk, type Fmt, fmtChunk, text, wavBytes } from '../wav-bytes.js';

/** A whole file that mutations begin from, and how its parts begin, for those that move parts about. */
export interface IntactFile {
  name: string;
  bytes: Uint8Array;
  partsBegin: readonly string[];
}

const wav = (name: string, fmt: Fmt): IntactFile => {
  const bytesEach = (fmt.channels ?? 1) * ((fmt.bits ?? 16) / 8);
  const data = Uint8Array.from({ length: 300 * bytesEach }, (_, i) => (fmt.tag === 3 ? [0, 0, 0, 62][i % 4] : i * 7));
  const list = { id: 'LIST', body: Uint8Array.from(text('INFOISFT\x04\0\0\0none')) };
  return { name, bytes: wavBytes([list, fmtChunk(fmt), dataChunk(data)]), partsBegin: ['fmt ', 'data', 'LIST'] };
};

const golden = (file: string, ...partsBegin: string[]): IntactFile => ({
  name: file,
  bytes: Uint8Array.from(readFileSync(fromRoot('test', 'golden', 'audio', file))),
  partsBegin,
});

/** Every format, and of WAV every kind. */
export const intactFiles: readonly IntactFile[] = [
  { name: '16-bit.wav', bytes: encodeWav(new Float32Array(400).fill(0.25), 16_000), partsBegin: ['fmt ', 'data'] },
  wav('8-bit.wav', { bits: 8 }),
  wav('24-bit-stereo.wav', { bits: 24, channels: 2, sampleRateHz: 44_100 }),
  wav('32-bit-extensible.wav', { bits: 32, extensible: true, sampleRateHz: 48_000 }),
  wav('float32.wav', { tag: 3, bits: 32 }),
  wav('float64-extensible.wav', { tag: 3, bits: 64, extensible: true }),
  golden('stereo.flac', '\xff\xf8', '\xff\xf9'),
  golden('mono-piped.flac', '\xff\xf8', '\xff\xf9'),
  golden('stereo.mp3', '\xff\xfb', '\xff\xfa'),
  golden('mono.mp3', '\xff\xf3', '\xff\xf2'),
  golden('mono-without-info.mp3', '\xff\xf3', '\xff\xf2'),
  golden('stereo-vorbis.ogg', 'OggS'),
  golden('stereo-opus.ogg', 'OggS'),
];
