import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { type Backend, backendFacts, type Device } from '../backend.js';
import { processor } from '../processor.js';
import { registerTensorflowKernels } from './kernels.js';
import { currentLink, linkCommand, linkDamage } from './link.js';

/** Native TensorFlow through tfjs-node-gpu, whose addon `serkit link tensorflow` links to the one that pip ships. */
export const tensorflow: Backend = {
  name: 'tensorflow',
  ...backendFacts.tensorflow,
  async open() {
    // TensorFlow announces its CPU features on stderr; warnings and errors stay. A caller's own setting is kept.
    process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';
    restoreRetiredNodeFunctions();
    const link = await currentLink();
    const damage = link && (await linkDamage(link));
    if (damage) throw new Error(damage);
    try {
      await import('@tensorflow/tfjs-node-gpu');
    } catch (error) {
      throw new Error(reasonOf(error as NodeJS.ErrnoException));
    }
    registerTensorflowKernels();
    if (!(await tf.setBackend('tensorflow'))) throw new Error('TensorFlow was loaded and did not start');
    const native = tf.backend() as unknown as NativeBackend;
    const { TF_Version } = native.binding;
    if (link && TF_Version !== link.version)
      throw new Error(`its link to TensorFlow ${link.version} is broken: it answers version ${TF_Version}`);
    return native.isUsingGpuDevice ? nvidiaGpu() : processor('all cores');
  },
  async mend() {
    try {
      import.meta.resolve('@tensorflow/tfjs-node-gpu');
      import.meta.resolve('node-api-headers');
    } catch {
      return 'npm install --ignore-scripts @tensorflow/tfjs-node-gpu node-api-headers';
    }
    return linkCommand(await currentLink());
  },
};

/** What tfjs-node's backend knows beyond tfjs' contract. */
interface NativeBackend {
  isUsingGpuDevice: boolean;
  binding: { TF_Version: string };
}

/** tfjs-node explains a missing addon in several lines; ours is one. */
function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND')
    return 'the package @tensorflow/tfjs-node-gpu is not installed';
  if (error.message.includes('native addon module')) return 'its addon is not linked to a TensorFlow';
  return error.message.split('\n')[0];
}

const nvidiaDriver = '/proc/driver/nvidia';

/** Whether this machine has NVIDIA's driver, whatever TensorFlow is linked to. */
export const hasNvidiaDriver = (): boolean => existsSync(nvidiaDriver);

/** The GPU on which TensorFlow computes (its first), by the name that the driver gives it. */
async function nvidiaGpu(): Promise<Device> {
  const [first] = await readdir(`${nvidiaDriver}/gpus`).catch(() => []);
  const told = first ? await readFile(`${nvidiaDriver}/gpus/${first}/information`, 'utf8') : '';
  return { kind: 'gpu', name: `${/^Model:\s*(.+)$/m.exec(told)?.[1] ?? 'NVIDIA GPU'} (CUDA)` };
}

/** tfjs-node 4.22 calls two functions of `node:util` that Node 23 took away. */
function restoreRetiredNodeFunctions(): void {
  const functions = util as unknown as Record<string, unknown>;
  functions.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  functions.isArray ??= Array.isArray;
}
