import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { describeWith } from '../support/needs.js';
import { fromRoot } from '../support/paths.js';
import { reportCnn, reportCnnLstm } from './cnn.js';
import { exported, randomInputs, randomiseWeights, runTfjs } from './exported.js';
import { layerCases } from './layer-cases.js';

/** Largest gap seen between tfjs and onnx.reference over all cases: 2.9e-6, the states of an LSTM written out. */
const referenceTolerance = 5e-6;

describeWith('python-onnx', 'the reference implementation of ONNX', () => {
  test('accepts every layer case and both models of the report, and computes the same', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'serkit-reference-'));
    try {
      const paths: string[] = [];
      const cases = layerCases.map(({ layer, title, build, fill }) => {
        return { name: `${layer}: ${title}`, model: build(), fill };
      });
      const large = [reportCnn(), reportCnnLstm()].map((model) => ({ name: model.name, model, fill: undefined }));
      for (const [i, { name, model, fill }] of [...cases, ...large].entries()) {
        randomiseWeights(model, name);
        const path = join(folder, `${i}.onnx`);
        writeFileSync(path, await exported(model));
        paths.push(path);
        if (large.some((other) => other.model === model)) continue; // the evaluator takes minutes
        const inputs = randomInputs(model, 2, name, fill);
        const outputs = runTfjs(model, inputs).map(({ shape, values }) => ({ shape, values: [...values] }));
        const given = inputs.map((input) => ({
          type: input.dtype,
          shape: input.shape,
          values: [...input.dataSync()],
        }));
        writeFileSync(`${path}.json`, JSON.stringify({ inputs: given, outputs }));
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
