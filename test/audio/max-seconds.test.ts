import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { decodeAudio, encodeWav, loadAudio } from '../../pipeline/audio/index.js';
import { fromRoot } from '../support/paths.js';
import { crc } from './crc.js';
import { dataChunk, fmtChunk, wavBytes } from './wav-bytes.js';

const golden = (file: string) => Uint8Array.from(readFileSync(fromRoot('test', 'golden', 'audio', file)));

/** All hold a quarter of a second. */
const files: [string, Uint8Array][] = [
  ['a.wav', encodeWav(new Float32Array(4000).fill(0.5), 16_000)],
  ...['stereo.flac', 'mono-piped.flac', 'stereo.mp3', 'stereo-vorbis.ogg', 'stereo-opus.ogg'].map(
    (file): [string, Uint8Array] => [file, golden(file)],
  ),
];

describe('a limit on seconds', () => {
  test.each(files)('%s: what just fits is whole, what does not is refused', async (name, bytes) => {
    expect(await decodeAudio(bytes, name, { maxSeconds: 0.25 })).toEqual(await decodeAudio(bytes, name));
    const refusal = new RangeError(`${name}: longer than the 0.249 s that are taken here`);
    await expect(decodeAudio(bytes, name, { maxSeconds: 0.249 })).rejects.toEqual(refusal);
    await expect(loadAudio(bytes, name, 8000, { maxSeconds: 0.249 })).rejects.toEqual(refusal);
  });

  test.each([0, -1, Number.NaN])('%d s is no limit', async (maxSeconds) => {
    await expect(decodeAudio(files[0][1], 'a.wav', { maxSeconds })).rejects.toThrow(
      `maxSeconds ${maxSeconds} is not supported (supported: above 0)`,
    );
  });
});

describe('small files that ask for much memory', () => {
  const HOUR_SAMPLES = 3600 * 48_000;

  test('an hour of FLAC silence is refused by its header, and without one by what comes out', async () => {
    for (const promised of [HOUR_SAMPLES, 0]) {
      const before = process.memoryUsage().arrayBuffers;
      await expect(decodeAudio(silentFlac(HOUR_SAMPLES, promised), 'a.flac', { maxSeconds: 60 })).rejects.toThrow(
        'a.flac: longer than the 60 s that are taken here',
      );
      // An hour in float32 is 691 MB; a minute, what one bite may add, and its parts joined: below 100.
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100e6);
    }
  });

  test('decoding ends soon after more came than the header promised', async () => {
    const before = process.memoryUsage().arrayBuffers;
    await expect(decodeAudio(silentFlac(HOUR_SAMPLES, 48_000), 'a.flac')).rejects.toThrow(
      'a.flac: damaged: the header promises 48000 samples, more are there',
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100e6);
  });

  test('33 channels are too many', async () => {
    const bytes = wavBytes([fmtChunk({ channels: 33 }), dataChunk(new Uint8Array(66))]);
    await expect(decodeAudio(bytes, 'a.wav')).rejects.toThrow(
      'a.wav: the header says 33 channels (supported: 1 to 32)',
    );
  });
});

/**
 * 48 kHz, 16-bit, mono: frames of 4608 zeros, each 12 bytes. Source: RFC 9639, sections 8.2 and 9.
 *
 * @param promised the number of samples that STREAMINFO gives
 */
function silentFlac(samples: number, promised: number): Uint8Array {
  const BLOCK_SAMPLES = 4608;
  const bytes: number[] = [...'fLaC'].map((letter) => letter.charCodeAt(0));
  const [high, low] = [Math.floor(promised / 2 ** 32), promised % 2 ** 32];
  const rateChannelsBits = (48_000 << 12) | (0 << 9) | (15 << 4) | high;
  bytes.push(0x80, 0, 0, 34, BLOCK_SAMPLES >> 8, BLOCK_SAMPLES & 255, BLOCK_SAMPLES >> 8, BLOCK_SAMPLES & 255);
  bytes.push(0, 0, 0, 0, 0, 0, ...bigEndian(rateChannelsBits), ...bigEndian(low), ...new Array(16).fill(0));
  for (let frame = 0; frame < samples / BLOCK_SAMPLES; frame++) {
    // Sync and fixed size; 4608 = 576 · 2³ (code 5) at 48 kHz (10); mono, 16 bits; the frame's number.
    const header = [0xff, 0xf8, 0x5a, 0x08, ...utf8(frame)];
    const body = [...header, crc(header, 8, 0x07), 0x00, 0x00, 0x00]; // a constant subframe of the value 0
    const check = crc(body, 16, 0x8005);
    bytes.push(...body, check >> 8, check & 255);
  }
  return Uint8Array.from(bytes);
}

const bigEndian = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);

const utf8 = (value: number): number[] =>
  value < 0x80
    ? [value]
    : value < 0x800
      ? [0xc0 | (value >> 6), 0x80 | (value & 63)]
      : [0xe0 | (value >> 12), 0x80 | ((value >> 6) & 63), 0x80 | (value & 63)];
