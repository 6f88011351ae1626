import { describe, expect, test } from '@jest/globals';
import { decodeAudio, encodeWav } from '../../pipeline/audio/index.js';
import { type Chunk, dataChunk, fmtChunk, text, wavBytes } from './wav-bytes.js';

const bytesOf = (array: Float32Array | Float64Array) => new Uint8Array(array.buffer);
const decode = async (...chunks: Chunk[]) => decodeAudio(wavBytes(chunks), 'a.wav');

describe('WAV, every kind of sample: the extremes, zero and one step, to the last bit', () => {
  const kinds: [string, number, number, ArrayLike<number>, number[]][] = [
    ['8-bit integer', 1, 8, [0, 127, 128, 129, 255], [-1, -1 / 128, 0, 1 / 128, 127 / 128]],
    [
      '16-bit integer',
      1,
      16,
      [0, 0x80, 0xff, 0xff, 0, 0, 1, 0, 0xff, 0x7f],
      [-1, -(2 ** -15), 0, 2 ** -15, 1 - 2 ** -15],
    ],
    [
      '24-bit integer',
      1,
      24,
      [0, 0, 0x80, 0xff, 0xff, 0xff, 1, 0, 0, 0xff, 0xff, 0x7f],
      [-1, -(2 ** -23), 2 ** -23, 1 - 2 ** -23],
    ],
    ['32-bit integer', 1, 32, [0, 0, 0, 0x80, 1, 0, 0, 0, 0, 0, 0, 0x40], [-1, 2 ** -31, 0.5]],
    ['32-bit float', 3, 32, bytesOf(Float32Array.of(-1.5, 0, 0.1)), [-1.5, 0, Math.fround(0.1)]],
    ['64-bit float', 3, 64, bytesOf(Float64Array.of(-1.5, 0, 0.1)), [-1.5, 0, Math.fround(0.1)]],
  ];
  test.each(kinds)('%s, plain and extensible', async (_, tag, bits, data, expected) => {
    for (const extensible of [false, true]) {
      const { channels, sampleRateHz, format } = await decode(fmtChunk({ tag, bits, extensible }), dataChunk(data));
      expect(channels.map((channel) => [...channel])).toEqual([expected]);
      expect({ sampleRateHz, format }).toEqual({ sampleRateHz: 16_000, format: 'wav' });
    }
  });
});

describe('WAV, the container', () => {
  const data = dataChunk([0, 0x40, 0, 0xc0]); // 0.5, −0.5
  const expectHalves = ({ channels }: { channels: Float32Array[] }) =>
    expect(channels.map((channel) => [...channel])).toEqual([[0.5, -0.5]]);

  test('unknown chunks before and after the data, of odd size too, are skipped', async () => {
    const unknown: Chunk = { id: 'FLLR', body: Uint8Array.from(text('data\x04\x00\x00\x00abc')) };
    expectHalves(await decode(unknown, fmtChunk(), unknown, data, unknown));
  });

  test('channels come apart in order', async () => {
    const { channels } = await decode(fmtChunk({ channels: 3, bits: 8 }), dataChunk([0, 128, 192, 64, 128, 160]));
    expect(channels.map((channel) => [...channel])).toEqual([
      [-1, -0.5],
      [0, 0],
      [0.5, 0.25],
    ]);
  });

  test.each([0, 0xffffffff, 0x7ffff000, 0x7fffefff])('a streamed size of 0x%x reads to the end', async (size) => {
    expectHalves(await decode(fmtChunk(), { ...data, size }));
  });

  test('bytes that lie at an odd address in a larger buffer', async () => {
    const wav = wavBytes([fmtChunk(), data]);
    const shifted = new Uint8Array(wav.length + 3);
    shifted.set(wav, 3);
    expectHalves(await decodeAudio(shifted.subarray(3), 'a.wav'));
  });

  test('what encodeWav writes reads back within half a step, clipped at full scale', async () => {
    const samples = Float32Array.from({ length: 999 }, (_, i) => Math.sin(i) * 0.99);
    const { channels, sampleRateHz } = await decodeAudio(encodeWav(samples, 22_050), 'a.wav');
    expect(sampleRateHz).toBe(22_050);
    expect(channels[0]).toBeAllClose(samples, { absolute: 2 ** -16 });
    const clipped = await decodeAudio(encodeWav(Float32Array.of(1, -1, 2, -2), 8000), 'a.wav');
    expect([...clipped.channels[0]]).toEqual([1 - 2 ** -15, -1, 1 - 2 ** -15, -1]);
  });

  test('encodeWav refuses what WAV cannot hold', () => {
    expect(() => encodeWav(Float32Array.of(0, Number.NaN), 8000)).toThrow(
      new RangeError('cannot write a WAV: sample 1 is NaN'),
    );
    expect(() => encodeWav(new Float32Array(1), 0)).toThrow(RangeError);
  });
});
