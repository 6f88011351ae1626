import { readdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { serkit, temporaryFolder, trainSmall } from './support/cli.js';
import { describeWith } from './support/needs.js';

describeWith('ravdess', 'real speech: a small loop on RAVDESS', () => {
  let folder: string;
  let run: string;
  let data: string;
  const speech = process.env.SERKIT_RAVDESS ?? '';
  const emotions = ['neutral', 'calm', 'happy', 'sad', 'angry', 'fearful', 'disgust', 'surprised'];

  /** Twelve clips of each of six actors, as a manifest with their speakers and genders. */
  beforeAll(async () => {
    folder = await temporaryFolder();
    data = join(folder, 'actors.csv');
    const rows = [1, 2, 3, 4, 5, 6].flatMap((actor) => {
      const place = join(speech, 'ravdess', `Actor_0${actor}`);
      const clips = readdirSync(place).sort();
      return clips
        .filter((_, i) => i % 5 === 0)
        .map((clip) => {
          const label = emotions[Number(clip.split('-')[2]) - 1];
          return [join(place, clip), label, actor, actor % 2 ? 'male' : 'female'].join(',');
        });
    });
    expect(rows).toHaveLength(72);
    writeFileSync(data, `path,label,speaker,gender\n${rows.join('\n')}\n`);
    run = join(folder, 'run');
    const trained = await trainSmall(data, join(folder, 'cache'), run);
    expect(trained.stderr).not.toContain('serkit:');
    expect(trained.code).toBe(0);
  }, 180_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('the exported file gives the same label as tfjs on every test clip, |Δp| ≤ 1e-5', async () => {
    const options = ['--data', data, '--cache', join(folder, 'cache'), '--backend', 'wasm', '--json'];
    const { code, stdout } = await serkit(['parity', run, ...options]);
    const [{ clips, otherLabel, largestDifference }] = JSON.parse(stdout).comparisons;
    expect(clips).toBeGreaterThanOrEqual(12);
    expect(otherLabel).toEqual([]);
    expect(largestDifference).toBeLessThanOrEqual(1e-5);
    expect(code).toBe(0);
  }, 120_000);

  test('a clip as published, 48 kHz and with its unknown chunk, gets the answer of its 16 kHz version', async () => {
    const model = join(folder, 'model.onnx');
    expect((await serkit(['export', run, '-o', model])).code).toBe(0);
    const clip = join('Actor_07', '03-01-03-01-02-01-07.wav');
    const files = ['ravdess-48k-sample', 'ravdess'].map((corpus) => join(speech, corpus, clip));
    const { code, stdout } = await serkit(['predict', model, ...files, '--json']);
    expect(code).toBe(0);
    const [published, resampled] = JSON.parse(stdout).predictions;
    expect(published.label).toBe(resampled.label);
    // The two were resampled by different filters: they differ near 8 kHz, and the probabilities a little with them.
    for (const emotion of Object.keys(published.probabilities))
      expect(Math.abs(published.probabilities[emotion] - resampled.probabilities[emotion])).toBeLessThan(0.05);
  });
});
