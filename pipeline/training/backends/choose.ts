import type { BackendName, Device } from './backend.js';
import { type BackendTrial, timeBackend, tryBackend } from './trial.js';

/** What `auto` takes, and why. */
export interface Choice {
  name: BackendName;
  device: Device;
  /** Why this one, in a line. */
  reason: string;
  /** Those that were tried before it and can't be taken, with the reason. */
  passedOver: { backend: BackendName; reason: string }[];
}

/**
 * The fastest backend that truly works: TensorFlow where it has an NVIDIA GPU; where it has the processor alone and WebGPU
 * has a GPU, the faster of the two, which are timed; then wasm, then cpu. A software adapter is correct and slow: never
 * chosen here.
 *
 * @param attempt tries one backend; @param time answers the milliseconds of a training step on one
 * @throws Error where none works, with the commands that mend them
 */
export async function chooseBackend(
  attempt: (backend: BackendName) => Promise<BackendTrial> = tryBackend,
  time: (backend: BackendName) => Promise<number> = timeBackend,
): Promise<Choice> {
  const passedOver: Choice['passedOver'] = [];
  const mends: string[] = [];
  const consider = async (name: BackendName): Promise<Device | undefined> => {
    const trial = await attempt(name);
    if (!trial.works) {
      passedOver.push({ backend: name, reason: trial.reason });
      mends.push(`${name}: ${trial.reason} (mend it with: ${trial.mend})`);
    } else if (trial.device.kind === 'software gpu')
      passedOver.push({ backend: name, reason: `a software adapter, ${trial.device.name}: correct and slow` });
    else return trial.device;
    return undefined;
  };
  const take = (name: BackendName, device: Device, reason: string): Choice => ({ name, device, reason, passedOver });

  const tensorflow = await consider('tensorflow');
  if (tensorflow?.kind === 'gpu') return take('tensorflow', tensorflow, 'TensorFlow has a GPU here');
  const gpu = await consider('webgpu');
  if (tensorflow && gpu) {
    const milliseconds = { tensorflow: await time('tensorflow'), webgpu: await time('webgpu') };
    const times = `a training step takes ${milliseconds.tensorflow.toFixed(0)} ms on tensorflow, ${milliseconds.webgpu.toFixed(0)} ms on webgpu`;
    return milliseconds.tensorflow <= milliseconds.webgpu
      ? take('tensorflow', tensorflow, times)
      : take('webgpu', gpu, times);
  }
  const fastest = 'the fastest that works here';
  if (tensorflow) return take('tensorflow', tensorflow, fastest);
  if (gpu) return take('webgpu', gpu, fastest);
  for (const name of ['wasm', 'cpu'] as const) {
    const device = await consider(name);
    if (device) return take(name, device, fastest);
  }
  throw new Error(`no backend to train with: ${mends.join('; ')}`);
}
