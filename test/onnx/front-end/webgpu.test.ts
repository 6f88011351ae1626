import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { featurePresets, featureShape, frontEndArrays } from '../../../pipeline/features/index.js';
import { describeWith } from '../../support/needs.js';
import { repositoryRoot } from '../../support/paths.js';
import { featuresFile } from './features-model.js';

/** Runs a file on both providers, the GPU's without leave to hand a node to the CPU, and prints the largest difference. */
const compare = `
import * as ort from 'onnxruntime-node';
const samples = new ort.Tensor('float32', Float32Array.from({ length: 20000 }, (_, i) => 0.3 * Math.sin(i * i / 1e5)), [1, 20000]);
const [file] = process.argv.slice(-1);
const values = [];
for (const [provider, extra] of [['cpu', {}], ['webgpu', { session: { disable_cpu_ep_fallback: '1' } }]]) {
  const session = await ort.InferenceSession.create(file, { executionProviders: [provider], extra });
  values.push((await session.run({ samples })).features.data);
}
const [a, b] = values;
process.stdout.write(String(a.reduce((gap, value, i) => Math.max(gap, Math.abs(value - b[i])), 0)), () => process.exit(0));
`;

/** Largest gap seen on lavapipe: 6e-7. */
const MEL_TOLERANCE = 1e-5;
/** Of MFCC, values in the hundreds: 1.9e-5. */
const MFCC_TOLERANCE = 2e-4;

describeWith('webgpu', 'the front end on WebGPU', () => {
  test.each(['demo', 'quick-mfcc'] as const)('%s runs there with every node, and gives the same', async (preset) => {
    const spec = featurePresets[preset];
    const [, bands] = featureShape(spec);
    const ones = new Array<number>(bands).fill(1);
    const folder = mkdtempSync(join(tmpdir(), 'serkit-front-end-'));
    try {
      const file = join(folder, 'features.onnx');
      const frontEnd = frontEndArrays(spec, { kind: 'per-band', mean: ones, deviation: ones });
      writeFileSync(file, await featuresFile(spec, frontEnd));
      const args = ['--input-type=module', '--eval', compare, '--', file];
      const gap = Number(
        execFileSync(process.execPath, args, { cwd: repositoryRoot, encoding: 'utf8', stdio: 'pipe' }),
      );
      expect(gap).toBeLessThanOrEqual(spec.kind === 'mfcc' ? MFCC_TOLERANCE : MEL_TOLERANCE);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
