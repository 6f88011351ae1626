import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { backendNames } from '../../pipeline/training/backends/backend.js';
import { backends, openBackend, tryBackend } from '../../pipeline/training/backends/index.js';
import { describeWith } from '../support/needs.js';
import { fromRoot } from '../support/paths.js';

describe('backends', () => {
  test.each(['wasm', 'cpu'] as const)('%s opens, trains a step and is the active one', async (name) => {
    expect(await openBackend(name)).toEqual({ name, tried: [{ backend: name, works: true, reason: '' }] });
    expect(tf.getBackend()).toBe(name);
  });

  test('auto takes the first that works, and says why those before it do not', async () => {
    const { name, tried } = await openBackend('auto');
    expect(tf.getBackend()).toBe(name);
    expect(tried.map(({ backend }) => backend)).toEqual(backendNames.slice(0, backendNames.indexOf(name) + 1));
    expect(tried.pop()).toEqual({ backend: name, works: true, reason: '' });
    for (const { works, reason } of tried) expect([works, reason]).toEqual([false, expect.stringMatching(/\w/)]);
  });

  test('are tried without leaving tensors behind', async () => {
    await tryBackend('wasm');
    const before = tf.memory().numTensors;
    expect(await tryBackend('wasm')).toEqual({ backend: 'wasm', works: true, reason: '' });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('each is registered under its own name', () => {
    expect(Object.entries(backends).map(([key, { name }]) => key === name)).toEqual([true, true, true]);
    expect(Object.keys(backends)).toEqual([...backendNames]);
  });
});

/**
 * What a program prints that runs in a process of its own, where tfjs-node-gpu finds no addon: as on a machine on
 * which TensorFlow was never linked.
 */
async function withoutAddon(program: string): Promise<unknown> {
  const index = pathToFileURL(fromRoot('dist', 'pipeline', 'training', 'backends', 'index.js'));
  const script = `
    import fs from 'node:fs';
    const { existsSync } = fs;
    fs.existsSync = (path) => !String(path).endsWith('tfjs_binding.node') && existsSync(path);
    const { openBackend } = await import('${index}');
    process.stdout.write(JSON.stringify(await (${program})));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  return JSON.parse(stdout);
}

describe('where TensorFlow is not linked', () => {
  const reason = 'its addon is not linked to a TensorFlow';

  test('auto goes on to wasm and says so', async () => {
    expect(await withoutAddon(`openBackend('auto')`)).toEqual({
      name: 'wasm',
      tried: [
        { backend: 'tensorflow', works: false, reason },
        { backend: 'wasm', works: true, reason: '' },
      ],
    });
  });

  test('asking for it by name is an error with the command that mends it, never another backend', async () => {
    expect(await withoutAddon(`openBackend('tensorflow').catch((error) => error.message)`)).toBe(
      `no backend to train with: tensorflow: ${reason} (mend it with: serkit link tensorflow)`,
    );
  });
});

describeWith('tensorflow', 'where TensorFlow is linked', () => {
  test('it is what auto takes', async () => {
    expect(await openBackend('auto')).toEqual({
      name: 'tensorflow',
      tried: [{ backend: 'tensorflow', works: true, reason: '' }],
    });
    expect(tf.getBackend()).toBe('tensorflow');
  });
});
