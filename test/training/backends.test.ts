import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { type BackendName, backendNames, type Device } from '../../pipeline/training/backends/backend.js';
import {
  type BackendTrial,
  backends,
  type Choice,
  chooseBackend,
  openBackend,
  tryBackend,
} from '../../pipeline/training/backends/index.js';
import { expectedLosses, firstLosses } from '../../pipeline/training/backends/training-step.js';
import { describeWith } from '../support/needs.js';
import { fromRoot } from '../support/paths.js';

/** Measured: 2e-6 on wasm, cpu, TensorFlow (oneDNN), lavapipe and SwiftShader. */
const tolerance = 2e-5;

/** What holds for a backend that is here. */
function contract(name: BackendName, device: Device) {
  test('opens when it is asked for, and is then the active one', async () => {
    expect(await openBackend(name)).toEqual({ name, device, reason: 'it was asked for', passedOver: [] });
    expect(tf.getBackend()).toBe(name);
  });

  test('trains to the same losses as the others, and leaves no tensors behind', async () => {
    await backends[name].open();
    expect(await firstLosses()).toBeAllClose(expectedLosses, { absolute: tolerance });
    const before = tf.memory().numTensors;
    await firstLosses();
    expect(tf.memory().numTensors).toBe(before);
  });
}

const text = (pattern: RegExp): string => expect.stringMatching(pattern) as unknown as string;
const oneCore = text(/^CPU, 1 (of \d+ cores|core)$/);

for (const name of ['wasm', 'cpu'] as const)
  describe(`the ${name} backend`, () => contract(name, { kind: 'processor', name: oneCore }));

describeWith('tensorflow', 'the tensorflow backend', () => {
  contract('tensorflow', { kind: text(/^(processor|gpu)$/) as Device['kind'], name: text(/^CPU, \d+ cores?$|CUDA/) });
});

describeWith('webgpu', 'the webgpu backend', () => {
  contract('webgpu', { kind: text(/^(gpu|software gpu)$/) as Device['kind'], name: text(/\w/) });
});

test('the table and the backends name the same', () => {
  expect(Object.entries(backends).map(([key, { name }]) => [key, name])).toEqual(
    backendNames.map((name) => [name, name]),
  );
});

describe('auto', () => {
  const processor: Device = { kind: 'processor', name: 'CPU, 2 cores' };
  const gpu: Device = { kind: 'gpu', name: 'a GPU' };
  const software: Device = { kind: 'software gpu', name: 'SwiftShader (software)' };

  /** The choice on a machine of which is given what each backend computes on, or why it does not; and how long a step takes. */
  function choose(
    machine: Record<BackendName, Device | string>,
    milliseconds: Partial<Record<BackendName, number>> = {},
  ): Promise<Choice> {
    const attempt = async (backend: BackendName): Promise<BackendTrial> => {
      const device = machine[backend];
      return typeof device === 'string'
        ? { backend, works: false, reason: device, mend: `mend ${backend}` }
        : { backend, works: true, device };
    };
    return chooseBackend(attempt, async (backend) => {
      const time = milliseconds[backend];
      if (time === undefined) throw new Error(`${backend} was not to be timed`);
      return time;
    });
  }

  const everything = { tensorflow: processor, webgpu: gpu, wasm: processor, cpu: processor };

  test('takes TensorFlow on CUDA without timing anything', async () => {
    expect(await choose({ ...everything, tensorflow: gpu })).toMatchObject({ name: 'tensorflow', passedOver: [] });
  });

  test('times TensorFlow on a processor against a GPU, and takes the faster', async () => {
    const reason = 'a training step takes 90 ms on tensorflow, 12 ms on webgpu';
    expect(await choose(everything, { tensorflow: 90, webgpu: 12 })).toMatchObject({ name: 'webgpu', reason });
    expect(await choose(everything, { tensorflow: 9, webgpu: 12 })).toMatchObject({ name: 'tensorflow' });
  });

  test('never takes a software adapter, and says so', async () => {
    const passedOver = [{ backend: 'webgpu', reason: 'a software adapter, SwiftShader (software): correct and slow' }];
    const machine = { ...everything, webgpu: software };
    expect(await choose(machine)).toMatchObject({ name: 'tensorflow', passedOver });
    const withoutTensorflow = [{ backend: 'tensorflow', reason: 'no addon' }, ...passedOver];
    expect(await choose({ ...machine, tensorflow: 'no addon' })).toMatchObject({
      name: 'wasm',
      passedOver: withoutTensorflow,
    });
  });

  test('goes on to a GPU, wasm and cpu, with the reasons', async () => {
    const broken = { tensorflow: 'no addon', webgpu: 'no GPU', wasm: 'no WebAssembly' };
    expect(await choose({ ...everything, tensorflow: 'no addon' })).toMatchObject({ name: 'webgpu' });
    expect(await choose({ ...everything, ...broken })).toMatchObject({
      name: 'cpu',
      passedOver: Object.entries(broken).map(([backend, reason]) => ({ backend, reason })),
    });
  });

  test('where nothing works, says what mends each', async () => {
    const machine = { tensorflow: 'no addon', webgpu: 'no GPU', wasm: 'no WebAssembly', cpu: 'no JavaScript' };
    await expect(choose(machine)).rejects.toThrow(
      'no backend to train with: tensorflow: no addon (mend it with: mend tensorflow); webgpu: no GPU (mend it with: mend webgpu); ' +
        'wasm: no WebAssembly (mend it with: mend wasm); cpu: no JavaScript (mend it with: mend cpu)',
    );
  });

  test('takes one that works here, and makes it the active one', async () => {
    const { name, passedOver } = await openBackend('auto');
    expect(tf.getBackend()).toBe(name);
    expect(await tryBackend(name)).toMatchObject({ works: true });
    for (const { reason } of passedOver) expect(reason).toMatch(/\w/);
  });
});

/** What a program with these backends prints, in a process of its own that a preloaded script has changed. */
async function inProcess(preload: string, program: string): Promise<unknown> {
  const index = pathToFileURL(fromRoot('dist', 'pipeline', 'training', 'backends', 'index.js'));
  const script = `
    const { openBackend, tryBackend } = await import('${index}');
    process.stdout.write(JSON.stringify(await (${program})));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    // Through the environment, since native backends are tried in a child of that process.
    env: { ...process.env, NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(preload)}` },
  });
  return JSON.parse(stdout);
}

describe('where TensorFlow is not linked', () => {
  const reason = 'its addon is not linked to a TensorFlow';
  const withoutAddon = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const { existsSync } = fs;
    fs.existsSync = (path) => !String(path).endsWith('tfjs_binding.node') && existsSync(path);
    syncBuiltinESMExports();`;

  test('auto takes another and says so', async () => {
    const { name, passedOver } = (await inProcess(withoutAddon, `openBackend('auto')`)) as Choice;
    expect(name).not.toBe('tensorflow');
    expect(passedOver).toContainEqual({ backend: 'tensorflow', reason });
  });

  test('asking for it by name is an error with the command that mends it, never another backend', async () => {
    const message = await inProcess(withoutAddon, `openBackend('tensorflow').catch((error) => error.message)`);
    expect(message).toMatch(
      /^no backend to train with: tensorflow: its addon is not linked to a TensorFlow \(mend it with: serkit link tensorflow.*\)$/,
    );
  });
});

test('a backend that ends its process is one that does not work', async () => {
  const segmentationFault = `if (process.argv[1]?.endsWith('trial-process.js')) process.kill(process.pid, 'SIGSEGV');`;
  const trial = await inProcess(segmentationFault, `tryBackend('tensorflow')`);
  expect(trial).toMatchObject({ works: false, reason: 'it ended its process when it was tried (SIGSEGV)' });
});
