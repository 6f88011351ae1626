import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { type Backend, backendFacts, type Device } from '../backend.js';

/**
 * tfjs' WebGPU kernels on Dawn, which drives GPUs of any maker: through Vulkan on Linux, Metal on macOS, Direct3D 12 on
 * Windows. A software adapter (SwiftShader, lavapipe) computes the same numbers, slowly.
 */
export const webgpu: Backend = {
  name: 'webgpu',
  ...backendFacts.webgpu,
  async open() {
    const adapter = await (await gpu()).requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) throw new Error('Dawn finds no GPU and no driver for one');
    await import('@tensorflow/tfjs-backend-webgpu');
    if (!(await tf.setBackend('webgpu'))) throw new Error(`${deviceOf(adapter.info).name} did not start`);
    const backend = tf.backend() as WebGPUBackend;
    if (!opened.has(backend)) {
      opened.add(backend);
      endWithProcess(backend);
      failOnErrors(backend);
    }
    return deviceOf(adapter.info);
  },
  async mend() {
    try {
      import.meta.resolve('webgpu');
      import.meta.resolve('@tensorflow/tfjs-backend-webgpu');
    } catch {
      return 'npm install --ignore-scripts webgpu @tensorflow/tfjs-backend-webgpu';
    }
    return process.platform === 'linux' ? 'apt install mesa-vulkan-drivers' : "install the GPU maker's driver";
  },
};

/** Dawn's entry, put where the tfjs backend looks for a browser's. Made once: a second one would be a second Dawn. */
async function gpu(): Promise<GPU> {
  const { create, globals } = await import('webgpu');
  const scope = globalThis as { navigator?: { gpu?: GPU } };
  if (scope.navigator?.gpu) return scope.navigator.gpu;
  Object.assign(globalThis, globals);
  // Node 20 has no navigator, later ones have one without a GPU.
  if (!scope.navigator) Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
  const entry = create([]);
  Object.defineProperty(scope.navigator, 'gpu', { value: entry, configurable: true });
  return entry;
}

function deviceOf({ isFallbackAdapter, vendor, device, description }: GPUAdapterInfo): Device {
  if (isFallbackAdapter) return { kind: 'software gpu', name: `${description} (software)` };
  return { kind: 'gpu', name: `${vendor} ${device} (${description})` };
}

const opened = new WeakSet<WebGPUBackend>();

/** A device that still computes when its driver is unloaded ends the process with a segmentation fault. */
function endWithProcess({ device }: WebGPUBackend): void {
  process.once('exit', () => device.destroy());
}

/**
 * WebGPU reports a failed command, such as a tensor for which memory is lacking, as an event, and goes on with zeros:
 * here the next value that is read is an error instead.
 */
function failOnErrors(backend: WebGPUBackend): void {
  let failure: string | undefined;
  backend.device.addEventListener('uncapturederror', (event) => {
    failure ??= (event as GPUUncapturedErrorEvent).error.message.split('\n')[0];
  });
  const read = backend.read.bind(backend);
  backend.read = async (dataId) => {
    const values = await read(dataId);
    if (failure) throw new Error(`the GPU could not do what was asked: ${failure}`);
    return values;
  };
}
