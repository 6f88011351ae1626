import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { describeWith } from '../support/needs.js';
import { fromRoot } from '../support/paths.js';
import { reportCnn } from './cnn.js';
import { exported, randomInputs, randomiseWeights, runTfjs } from './exported.js';
import { layerCases } from './layer-cases.js';

/** Largest gap seen between tfjs and onnx.reference over all cases: 4.8e-7. */
const referenceTolerance = 2e-6;

describeWith('python-onnx', 'the reference implementation of ONNX', () => {
  test('accepts every layer case and the CNN, and computes the same', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'serkit-reference-'));
    try {
      const paths: string[] = [];
      const cases = layerCases.map(({ layer, title, build }) => ({ name: `${layer}: ${title}`, model: build() }));
      for (const [i, { name, model }] of [...cases, { name: 'cnn', model: reportCnn() }].entries()) {
        randomiseWeights(model, name);
        const path = join(folder, `${i}.onnx`);
        writeFileSync(path, await exported(model));
        paths.push(path);
        const inputs = randomInputs(model, 2, name);
        if (inputs.length > 1 || name === 'cnn') continue;
        const [{ shape, values }] = runTfjs(model, inputs);
        const input = { shape: inputs[0].shape, values: [...inputs[0].dataSync()] };
        writeFileSync(`${path}.json`, JSON.stringify({ input, output: { shape, values: [...values] } }));
      }
      const script = fromRoot('test', 'onnx', 'check_model.py');
      const report = execFileSync(process.env.SERKIT_PYTHON ?? 'python3', [script, ...paths], { encoding: 'utf8' });
      const gaps = report
        .trimEnd()
        .split('\n')
        .map((line) => Number(line.split(' ').at(-1)));
      expect(gaps).toHaveLength(paths.length);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(referenceTolerance);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
