import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { load } from '../../inference/node.js';
import { toOnnx } from '../../onnx/index.js';
import { calibrate } from '../../pipeline/workflows/calibrate.js';
import { serkit, temporaryFolder, trainSmall, writeSmallCorpus } from '../support/cli.js';

describe('a run in other precisions, through the command line', () => {
  let folder: string;
  let data: string;
  let run: string;
  const at = (name: string) => join(folder, name);
  const exportAs = (name: string, ...more: string[]) =>
    serkit(['export', run, '-o', at(name), '--cache', at('cache'), '--json', ...more]);

  beforeAll(async () => {
    folder = await temporaryFolder();
    data = await writeSmallCorpus(at('corpus'));
    run = at('run');
    await trainSmall(data, at('cache'), run);
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each([
    ['fp16', [], 0.6, 0.01],
    ['int8', [], 0.4, 0.1],
    ['int8', ['--calibrate'], 0.4, 0.2],
  ] as [precision: 'fp16' | 'int8', more: string[], share: number, gap: number][])(
    '%s %p: smaller, what that changes is measured on the test clips, the file says so and loads',
    async (precision, more, share, gap) => {
      const calibrated = more.flatMap((option) => [option, data]);
      const name = `${precision}${more.length}.onnx`;
      const { code, stdout } = await exportAs(name, '--precision', precision, '--data', data, ...calibrated);
      expect(code).toBe(0);
      const result = JSON.parse(stdout);
      const { change } = result;
      expect(result).toMatchObject({ precision, bytes: change.after.bytes, change: { examples: 10, leaks: false } });
      expect(change.after.bytes).toBeLessThan(share * change.before.bytes);
      expect(change.largestDifference).toBeGreaterThan(0);
      expect(change.largestDifference).toBeLessThan(gap);
      expect(change.otherLabels).toBeLessThanOrEqual(0.3);
      const bytes = await readFile(at(name));
      expect(bytes.length).toBe(result.bytes);
      const recognizer = await load(bytes);
      expect(recognizer.metadata.precision).toBe(precision);
      await recognizer.dispose();
    },
  );

  test('without data it says that nothing was measured', async () => {
    const { code, stdout } = await serkit(['export', run, '-o', at('blind.onnx'), '--precision', 'fp16']);
    expect([code, stdout.trimEnd().split('\n').at(-1)]).toEqual([0, 'what that changes was not measured: give --data']);
  });

  test('another opset is written and loads', async () => {
    expect((await exportAs('new.onnx', '--opset', '21')).code).toBe(0);
    const recognizer = await load(at('new.onnx'));
    expect(recognizer.metadata.precision).toBeUndefined();
    await recognizer.dispose();
    expect((await exportAs('odd.onnx', '--opset', '12')).code).toBe(2);
  });

  test('calibration clips are for int8', async () => {
    const { code, stderr } = await exportAs('odd.onnx', '--precision', 'fp16', '--calibrate', data);
    expect([code, stderr]).toEqual([1, expect.stringContaining('--calibrate is for --precision int8, not for fp16')]);
  });
});

describe('calibration', () => {
  // y = relu(x · 2 + 1)
  const artifacts = {
    modelTopology: {
      class_name: 'Sequential',
      config: {
        name: 'line',
        layers: [
          { class_name: 'InputLayer', config: { name: 'x', batch_input_shape: [null, 1], dtype: 'float32' } },
          { class_name: 'Dense', config: { name: 'd', units: 1, activation: 'relu' } },
        ],
      },
    },
    weightSpecs: [
      { name: 'd/kernel', shape: [1, 1], dtype: 'float32' },
      { name: 'd/bias', shape: [1], dtype: 'float32' },
    ],
    weightData: Float32Array.of(2, 1).buffer,
  };

  test('finds the least and largest of each value over all batches', async () => {
    const batches = [[-3, 4], [1], [5, 0]].map((values) => ({
      values: Float32Array.from(values),
      shape: [values.length, 1],
    }));
    const ranges = await calibrate(toOnnx(artifacts), batches);
    expect(Object.values(ranges)).toEqual([
      { low: -3, high: 5 },
      { low: 0, high: 11 },
      { low: -5, high: 11 },
    ]);
  });

  test('refuses what is not finite, and nothing', async () => {
    const batch = { values: Float32Array.of(Number.NaN), shape: [1, 1] };
    await expect(calibrate(toOnnx(artifacts), [batch])).rejects.toThrow('value "x" is NaN in calibration');
    await expect(calibrate(toOnnx(artifacts), [])).rejects.toThrow('nothing to calibrate with');
  });
});
