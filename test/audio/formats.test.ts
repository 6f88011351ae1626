import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { decodeAudio, loadAudio } from '../../pipeline/audio/index.js';
import { fromRoot } from '../support/paths.js';
import { text } from './wav-bytes.js';

const golden = (file: string) => Uint8Array.from(readFileSync(fromRoot('test', 'golden', 'audio', file)));

/** What generate.sh put in: left 0.5 at 440 Hz, right 0.25 at 1000 Hz, both from phase 0. */
const tones = [
  { hz: 440, amplitude: 0.5 },
  { hz: 1000, amplitude: 0.25 },
];

const tone = (channel: number, sampleRateHz: number, length: number, delaySamples = 0) =>
  Float32Array.from(
    { length },
    (_, i) =>
      tones[channel].amplitude * Math.sin((2 * Math.PI * tones[channel].hz * (i - delaySamples)) / sampleRateHz),
  );

function signalToNoiseDb(actual: Float32Array, expected: Float32Array): number {
  expect(actual.length).toBe(expected.length);
  const power = expected.reduce((sum, value) => sum + value ** 2, 0);
  return 10 * Math.log10(power / expected.reduce((sum, value, i) => sum + (actual[i] - value) ** 2, 0));
}

const HALF_STEP = 2 ** -16; // 16-bit, rounded
const STEPS_OF_SOX = 2; // its synth and volume round on the way; measured: 1.2 half steps

describe('compressed formats against the tones that went in', () => {
  test.each([
    ['stereo.flac', 2, 48_000, 12_000],
    ['mono-piped.flac', 1, 16_000, 4000],
  ])('%s: to the bit depth', async (file, channelCount, rateHz, length) => {
    const { channels, sampleRateHz, format } = await decodeAudio(golden(file), file);
    expect({ format, sampleRateHz, count: channels.length }).toEqual({
      format: 'flac',
      sampleRateHz: rateHz,
      count: channelCount,
    });
    channels.forEach((channel, c) => {
      expect(channel).toBeAllClose(tone(c, rateHz, length), { absolute: STEPS_OF_SOX * HALF_STEP });
    });
  });

  // Measured: MP3 26.0 dB (its first milliseconds, where the tone starts at once), Vorbis 37.3, Opus 30.9.
  // One sample of delay would leave 24 dB of the 440 Hz tone at 44.1 kHz and 17 dB of the 1000 Hz one.
  test.each([
    ['stereo.mp3', 'mp3', 2, 44_100, 25],
    ['stereo-320.mp3', 'mp3', 2, 44_100, 25], // its first frame, without sound, fills the first kilobyte
    ['mono.mp3', 'mp3', 1, 16_000, 25],
    ['stereo-vorbis.ogg', 'ogg-vorbis', 2, 44_100, 36],
    ['stereo-opus.ogg', 'ogg-opus', 2, 48_000, 30],
  ])('%s: a quarter of a second, in place', async (file, name, channelCount, rateHz, leastDb) => {
    const { channels, sampleRateHz, format } = await decodeAudio(golden(file), file);
    expect({ format, sampleRateHz, count: channels.length }).toEqual({
      format: name,
      sampleRateHz: rateHz,
      count: channelCount,
    });
    channels.forEach((channel, c) => {
      expect(signalToNoiseDb(channel, tone(c, rateHz, rateHz / 4))).toBeGreaterThan(leastDb);
    });
  });

  test('an MP3 that does not tell its delay keeps the encoder’s 1105 samples', async () => {
    const { channels } = await decodeAudio(golden('mono-without-info.mp3'), 'a.mp3');
    expect(channels[0].length).toBe(9 * 576);
    const start = 1105 + 160; // past the tone's sudden start
    const expected = tone(0, 16_000, 9 * 576, 1105).subarray(start, start + 3200);
    expect(signalToNoiseDb(channels[0].subarray(start, start + 3200), expected)).toBeGreaterThan(25);
  });

  test('a FLAC decodes to the same wherever its frames lie', async () => {
    const bytes = golden('stereo.flac');
    const intact = await decodeAudio(bytes, 'a.flac');
    const secondFrame = bytes.findLastIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xf8 && bytes[i + 4] === 1);
    const STREAMINFO_END = 42;
    for (let before = 0; before <= 16; before++) {
      // A padding block moves the second frame's header across a multiple of 1024.
      const padding = 2048 - before - ((secondFrame + 4) % 1024);
      const block = [1, 0, padding >> 8, padding & 255, ...new Array(padding).fill(0)];
      const moved = [...bytes.subarray(0, STREAMINFO_END), ...block, ...bytes.subarray(STREAMINFO_END)];
      expect(await decodeAudio(Uint8Array.from(moved), 'a.flac')).toEqual(intact);
    }
  });

  test('ID3 tags around an MP3 change nothing', async () => {
    const bytes = golden('stereo.mp3');
    const id3v2 = [...text('ID3'), 4, 0, 0, 0, 0, 2, 5, ...new Array(2 * 128 + 5).fill(0)];
    const id3v1 = [...text('TAG'), ...new Array(125).fill(32)];
    const tagged = await decodeAudio(Uint8Array.from([...id3v2, ...bytes, ...id3v1]), 'a.mp3');
    expect(tagged).toEqual(await decodeAudio(bytes, 'a.mp3'));
  });

  test('thirty files at once give what each gives alone', async () => {
    const files = ['stereo.flac', 'stereo.mp3', 'mono.mp3', 'stereo-vorbis.ogg', 'stereo-opus.ogg'];
    const alone = new Map<string, unknown>();
    for (const file of files) alone.set(file, await loadAudio(golden(file), file, 22_050));
    const many = Array.from({ length: 30 }, (_, i) => files[i % files.length]);
    const together = await Promise.all(many.map((file) => loadAudio(golden(file), file, 22_050)));
    expect(together).toEqual(many.map((file) => alone.get(file)));
  });

  test('the input stays as it was, and the decoder’s console.error is given back', async () => {
    const report = console.error;
    const bytes = golden('stereo.flac');
    await decodeAudio(bytes, 'a.flac');
    expect(bytes).toEqual(golden('stereo.flac'));
    expect(console.error).toBe(report);
  });
});
