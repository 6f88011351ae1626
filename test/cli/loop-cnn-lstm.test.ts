import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { serkit, temporaryFolder, trainSmall, writeSmallCorpus } from '../support/cli.js';

/** The demo's features are one chunk; these two. */
const features = {
  'one chunk': [],
  'two chunks': ['--set', 'features=paper-16k'],
};

describe('the loop of cnn-lstm through the command line', () => {
  let folder: string;
  let data: string;
  let cache: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    data = await writeSmallCorpus(join(folder, 'corpus'));
    cache = join(folder, 'cache');
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(Object.entries(features))(
    '%s: train, export, parity, predict',
    async (name, settings) => {
      const [run, model] = [join(folder, name), join(folder, `${name}.onnx`)];
      const small = ['filters=[4]', 'pools=[8]', 'dropouts=[0.1]', 'lstmUnits=8'].flatMap((option) => [
        '--set',
        `model.${option}`,
      ]);
      const trained = await trainSmall(
        data,
        cache,
        run,
        '--model',
        'cnn-lstm',
        '--set',
        'copies=0',
        ...small,
        ...settings,
      );
      expect(trained.stderr).toContain('training cnn-lstm on wasm');
      expect(trained.code).toBe(0);
      expect((await serkit(['export', run, '-o', model])).code).toBe(0);

      const options = ['--data', data, '--cache', cache, '--backend', 'wasm', '--json'];
      const [{ largestDifference, ...result }] = JSON.parse(
        (await serkit(['parity', run, '--file', model, ...options])).stdout,
      ).comparisons;
      expect(result).toMatchObject({ clips: 10, otherLabel: [], outcome: 'passed' });
      expect(largestDifference).toBeLessThanOrEqual(1e-5);
      expect(largestDifference).toBeGreaterThan(0); // two different programs computed it

      const [clip] = readdirSync(join(folder, 'corpus', 'happy'));
      const { code, stdout } = await serkit(['predict', model, join(folder, 'corpus', 'happy', clip), '--json']);
      expect(code).toBe(0);
      const [{ probabilities }] = JSON.parse(stdout).predictions;
      expect(Object.values<number>(probabilities).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
    },
    120_000,
  );
});
