import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { decodeAudio, loadAudio, mixToMono } from '../../pipeline/audio/index.js';
import { describeWith } from '../support/needs.js';

describeWith('ravdess', 'RAVDESS as published: 48 kHz with FLLR chunks, five in stereo', () => {
  const folder = process.env.SERKIT_RAVDESS ?? '/nowhere';
  const clips = () =>
    readdirSync(join(folder, 'ravdess-48k-sample'), { recursive: true, encoding: 'utf8' }).filter((f) =>
      f.endsWith('.wav'),
    );
  const read = (...path: string[]) => readFileSync(join(folder, ...path));

  test('every byte of the data chunk is a sample; five clips are stereo', async () => {
    const channelCounts: number[] = [];
    for (const clip of clips()) {
      const bytes = read('ravdess-48k-sample', clip);
      const { channels, sampleRateHz } = await decodeAudio(bytes, clip);
      const dataBytes = bytes.readUInt32LE(bytes.indexOf('data') + 4);
      expect(sampleRateHz).toBe(48_000);
      expect(channels[0].length * channels.length * 2).toBe(dataBytes);
      expect(mixToMono(channels).length).toBe(channels[0].length);
      channelCounts.push(channels.length);
    }
    expect(channelCounts.length).toBe(23);
    expect(channelCounts.filter((count) => count === 2).length).toBe(5);
  });

  // 93 to 97 % of the difference lies between 7 and 8 kHz, where the two filters fall off; the rest is 16-bit rounding.
  test('48 → 16 kHz of ours is the 16 kHz version that another resampler made', async () => {
    for (const clip of clips()) {
      const ours = (await loadAudio(read('ravdess-48k-sample', clip), clip, 16_000)).samples;
      const theirs = (await loadAudio(read('ravdess', clip), clip, 16_000)).samples;
      expect(ours.length).toBe(theirs.length);
      const power = theirs.reduce((sum, value) => sum + value ** 2, 0);
      const noise = theirs.reduce((sum, value, i) => sum + (value - ours[i]) ** 2, 0);
      expect(10 * Math.log10(power / noise)).toBeGreaterThan(34); // measured: 34.2 to 48.5 dB
    }
  });
});
