import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { load, readModelMetadata } from '../../inference/node.js';
import { openCorpus } from '../../pipeline/datasets/index.js';
import { exampleSamples } from '../../pipeline/extraction/clip-job.js';
import { atTemperature } from '../../pipeline/training/calibration.js';
import { serkit, temporaryFolder, trainSmall, writeSmallCorpus } from '../support/cli.js';

let folder: string;
let data: string;
let cache: string;
let run: string;
let printed: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  data = await writeSmallCorpus(join(folder, 'corpus'));
  cache = join(folder, 'cache');
  run = join(folder, 'run');
  ({ stdout: printed } = await trainSmall(data, cache, run));
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const scoresFile = () => join(run, 'scores.json');
const scoresOf = async () => JSON.parse(await readFile(scoresFile(), 'utf8'));
const labelled = async () => {
  const { clips } = await openCorpus(data);
  return exampleSamples({ clip: clips[0], copy: 0 }, 1, 16_000);
};

test('train fits it on the validation speakers, keeps it in the run and says so', async () => {
  const { calibration } = await scoresOf();
  expect(calibration).toMatchObject({ temperature: expect.any(Number), speakers: 2, clips: 10 });
  expect(calibration.lossAfter).toBeLessThanOrEqual(calibration.lossBefore + 1e-9);
  expect(printed).toMatch(/temperature \d|probabilities not calibrated: the validation clips/);
  expect(printed).toMatch(/answers below [\d.]+ % are called unsure/);
});

test('the file answers with it, whatever it takes, and names it with the threshold; parity holds', async () => {
  const scores = await scoresOf();
  const answers: Record<number, Record<string, number>> = {};
  for (const temperature of [1, 2]) {
    const calibration = { ...scores.calibration, temperature, unsureBelow: 0.999 };
    await writeFile(scoresFile(), JSON.stringify({ ...scores, calibration }));
    for (const input of ['features', 'waveform']) {
      const file = join(folder, `at-${temperature}-${input}.onnx`);
      expect((await serkit(['export', run, '-o', file, '--input', input])).code).toBe(0);
      const metadata = readModelMetadata(await readFile(file), file);
      expect([metadata.calibration?.temperature, metadata.unsureBelow]).toEqual([temperature, 0.999]);
      const recognizer = await load(file);
      const { probabilities, unsure } = await recognizer.classify(await labelled(), { sampleRateHz: 16_000 });
      await recognizer.dispose();
      expect(unsure).toBe(Math.max(...Object.values(probabilities)) < 0.999);
      if (input === 'features') answers[temperature] = probabilities;
      else expect(Object.values(probabilities)).toBeAllClose(Object.values(answers[temperature]), { absolute: 2e-5 });
    }
  }
  const before = Float32Array.from(Object.values(answers[1]));
  expect(Object.values(answers[2])).toBeAllClose(atTemperature(before, 2, before.length), { absolute: 1e-6 });
  const parity = ['parity', run, '--file', join(folder, 'at-2-features.onnx'), '--data', data, '--cache', cache];
  expect((await serkit([...parity, '--backend', 'wasm'])).code).toBe(0);
  const evaluated = await serkit(['evaluate', join(folder, 'at-2-features.onnx'), '--data', data, '--cache', cache]);
  expect(evaluated.stdout).toMatch(/expected calibration error [\d.]+ %.* temperature 2\.000/);
  expect(evaluated.stdout).toMatch(/unsure below 99\.9 %: [\d.]+ % of the answers are sure/);
  await writeFile(scoresFile(), JSON.stringify(scores));
}, 120_000);

test('a run from before, and one under paper, have none: temperature 1, nothing unsure', async () => {
  const { calibration: _, ...old } = await scoresOf();
  await writeFile(scoresFile(), JSON.stringify(old));
  const file = join(folder, 'old.onnx');
  await serkit(['export', run, '-o', file]);
  const metadata = readModelMetadata(await readFile(file), file);
  expect([metadata.calibration, metadata.unsureBelow]).toEqual([undefined, undefined]);
  const recognizer = await load(file);
  expect((await recognizer.classify(await labelled(), { sampleRateHz: 16_000 })).unsure).toBe(false);
  await recognizer.dispose();
  const paper = join(folder, 'paper');
  const { stdout } = await trainSmall(data, cache, paper, '--protocol', 'paper');
  expect(stdout).toContain('probabilities not calibrated: no speakers are kept for it');
  expect(JSON.parse(await readFile(join(paper, 'scores.json'), 'utf8'))).not.toHaveProperty('calibration');
}, 120_000);
