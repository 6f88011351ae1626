import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from '../pipeline/training/backends/backend.js';

/** What the active backend computes on: `CPU`, or the GPU's name. */
export async function deviceOf(backend: BackendName): Promise<string> {
  const active = tf.backend() as unknown as {
    isUsingGpuDevice?: boolean; // tfjs-node
    device?: { adapterInfo?: Record<'vendor' | 'architecture' | 'device' | 'description', string> }; // WebGPU
  };
  if (backend === 'tensorflow') return active.isUsingGpuDevice ? nvidiaName() : 'CPU';
  const adapter = active.device?.adapterInfo;
  return adapter ? adapter.description || [adapter.vendor, adapter.architecture].filter(Boolean).join(' ') : 'CPU';
}

/** tfjs-node does not tell which GPU it uses; NVIDIA's driver does. */
async function nvidiaName(): Promise<string> {
  const { stdout } = await promisify(execFile)('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader']);
  return stdout.split('\n')[0].trim();
}
