import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { describeWith } from '../support/needs.js';
import { fromRoot } from '../support/paths.js';

/** What a program prints, in a process of its own: how TensorFlow computes is decided once a process. */
async function run(program: string, env: Record<string, string> = {}): Promise<string> {
  const at = (...path: string[]) => pathToFileURL(fromRoot('dist', ...path)).href;
  const script = `
    import { createHash } from 'node:crypto';
    const { openBackend } = await import('${at('pipeline', 'training', 'backends', 'index.js')}');
    const { Learner } = await import('${at('pipeline', 'training', 'learner.js')}');
    const { cnn } = await import('${at('models', 'cnn.js')}');
    ${program}`;
  const options = { env: { ...process.env, ...env } };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], options);
  return stdout.trim();
}

/** Two steps of the report's CNN, at its own shape; prints the hash of the weights. */
const twoSteps = (options: string) => `
  await openBackend('tensorflow', ${options});
  const learner = new Learner(cnn.build({ shape: [1, 60, 216], labels: 8, seed: 1 }, cnn.defaults));
  const features = Float32Array.from({ length: 8 * 60 * 216 }, (_, i) => Math.sin(i * i));
  const targets = Float32Array.from({ length: 64 }, (_, i) => (i % 9 === 0 ? 1 : 0));
  for (const update of [1, 2]) await learner.step({ examples: 8, features, targets }, 0.001, update);
  process.stdout.write(createHash('sha256').update(await learner.weights()).digest('hex'));`;

describeWith('tensorflow', 'the deterministic mode of TensorFlow', () => {
  test('gives the same bits run after run, whatever number of threads TensorFlow would take', async () => {
    const first = await run(twoSteps('{ deterministic: true }'));
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await run(twoSteps('{ deterministic: true }'))).toBe(first);
    expect(await run(twoSteps('{}'), { TF_NUM_INTRAOP_THREADS: '1' })).toBe(first); // one thread is what it means
  }, 120_000);

  test('cannot be had once TensorFlow was loaded in its fast one', async () => {
    const message = await run(`
      await openBackend('tensorflow');
      await openBackend('wasm');
      process.stdout.write(await openBackend('tensorflow', { deterministic: true }).catch(({ message }) => message));`);
    expect(message).toBe('deterministic: TensorFlow is loaded already, in its fast mode; start a new process');
  });
});

describe('wasm and cpu', () => {
  test.each(['wasm', 'cpu'])('%s needs no such mode, and has it', async (name) => {
    const program = `process.stdout.write((await openBackend('${name}', { deterministic: true })).name);`;
    expect(await run(program)).toBe(name);
  });
});
