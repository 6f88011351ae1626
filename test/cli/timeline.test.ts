import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Moment } from '../../inference/node.js';
import { encodeWav } from '../../pipeline/audio/index.js';
import { join as joined, silence, voice } from '../inference/streaming/signals.js';
import { tinyFile } from '../inference/tiny.js';
import { serkit, temporaryFolder } from '../support/cli.js';

let folder: string;
let model: string;
let clip: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  [model, clip] = [join(folder, 'tiny.onnx'), join(folder, 'talk.wav')];
  await writeFile(model, await tinyFile());
  await writeFile(clip, encodeWav(joined(silence(1, 16_000), await voice(1.25, 16_000)), 16_000));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('predict --timeline: a row a window, and no label where nobody speaks', async () => {
  const { code, stdout, stderr } = await serkit(['predict', model, clip, '--timeline', '--hop', '0.5']);
  expect([code, stderr]).toEqual([0, '']);
  const [file, head, ...rows] = stdout.trimEnd().split('\n');
  expect(file).toBe(clip);
  expect(head).toMatch(/^from s +to s +label +probability +next +level dBFS/);
  expect(rows.map((row) => row.trim().split(/ {2,}/).slice(0, 2))).toEqual([
    ['0.00', '0.50'],
    ['0.50', '1.00'],
    ['1.00', '1.50'],
    ['1.50', '2.00'],
    ['1.75', '2.25'],
  ]);
  expect(rows[0]).toMatch(/ no speech +-120$/);
  expect(rows[3]).toMatch(/ (calm|angry|sad) +\d+\.\d % +(calm|angry|sad) \d+\.\d % +-\d\d$/);
});

test('--json has all of it', async () => {
  const options = ['--timeline', '--window', '1', '--hop', '1.25', '--json'];
  const { code, stdout } = await serkit(['predict', model, clip, clip, ...options]);
  expect(code).toBe(0);
  const { timelines } = JSON.parse(stdout) as { timelines: { file: string; provider: string; moments: Moment[] }[] };
  expect(timelines.map(({ file, provider }) => [file, provider])).toEqual([
    [clip, 'cpu'],
    [clip, 'cpu'],
  ]);
  const [{ moments }] = timelines;
  expect(moments).toMatchObject([
    { startSeconds: 0, endSeconds: 1, speech: false, label: null, unsure: true, probabilities: null },
    { startSeconds: 1.25, endSeconds: 2.25, speech: true, warnings: [] },
  ]);
  expect(Object.keys(moments[1].probabilities!)).toEqual(['calm', 'angry', 'sad']);
});

test.each([
  [['--timeline', '--window', '0'], 1, /^serkit: windowSeconds 0 is not supported \(supported: 0\.1 to 600\)\n$/],
  [['--window', '1'], 2, /window -> timeline/],
  [['--timeline', '-o', 'out.csv'], 2, /timeline and o/],
])('%j is refused', async (options, exitCode, message) => {
  const { code, stdout, stderr } = await serkit(['predict', model, clip, ...options]);
  expect([code, stdout]).toEqual([exitCode, '']);
  expect(stderr).toMatch(message);
});
