import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { describeWith } from '../support/needs.js';
import { fromRoot } from '../support/paths.js';

describeWith('webgpu', 'a process that trains on WebGPU', () => {
  /** Runs a program after the backend was opened; resolves to what it printed, and how its process ended. */
  async function run(program: string): Promise<{ said: string; code: number | null; signal: string | null }> {
    const module = (path: string) => pathToFileURL(fromRoot('dist/pipeline/training/backends', path));
    const script = `
      import * as tf from '@tensorflow/tfjs-core';
      const { backends } = await import('${module('index.js')}');
      const { firstLosses } = await import('${module('training-step.js')}');
      await backends.webgpu.open();
      ${program}`;
    try {
      const args = ['--input-type=module', '--eval', script];
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: fromRoot() });
      return { said: stdout, code: 0, signal: null };
    } catch (error) {
      const { stdout, code, signal } = error as { stdout: string; code: number | null; signal: string | null };
      return { said: stdout, code, signal };
    }
  }

  test('ends by itself when all is done', async () => {
    const { said, code } = await run(`process.stdout.write(String((await firstLosses()).length))`);
    expect([said, code]).toEqual(['3', 0]);
  });

  test('can be ended in the middle of a step, without a crash of the driver', async () => {
    const ended = await run(`
      setTimeout(() => process.exit(130), 30);
      for (;;) await firstLosses();`);
    expect(ended).toEqual({ said: '', code: 130, signal: null });
  });

  test('gets an error, not zeros, for a tensor that the GPU has no memory for', async () => {
    const { said } = await run(`
      const { maxBufferSize } = tf.backend().device.limits;
      const row = tf.ones([1, 1 << 20]);
      const huge = tf.tile(row, [Math.ceil(maxBufferSize / 4 / (1 << 20)) + 1, 1]);
      try {
        await tf.slice(huge, [0, 0], [1, 4]).data();
      } catch (error) {
        process.stdout.write(error.message);
      }`);
    expect(said).toMatch(/the GPU could not do what was asked: Buffer size \(\d+\) exceeds the max buffer size limit/);
  });
});
