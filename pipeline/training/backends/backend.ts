/** What a training backend is: how to open it, and what brings it to a machine where it does not work. */
export interface Backend extends BackendFacts {
  name: BackendName;
  /** Makes it tfjs' active backend. @throws Error with the reason, in one line, where it can't */
  open(): Promise<Device>;
  /** The one command that makes it work on this machine, where it does not. */
  mend(): Promise<string>;
}

/** What a backend computes on, on this machine. */
export interface Device {
  kind: 'processor' | 'gpu' | 'software gpu';
  /** Such as `CPU, 2 cores`. */
  name: string;
}

interface BackendFacts {
  description: string;
  /** What it can compute on, anywhere. */
  devices: string;
  /** Whether it runs native code that could end its process, so that it is first tried in another. */
  native: boolean;
}

/** What each backend can do, in the order in which `auto` prefers them. */
export const backendFacts = {
  tensorflow: {
    description: 'TensorFlow, as pip ships it',
    devices: 'processors, all cores; NVIDIA GPUs (CUDA 12)',
    native: true,
  },
  webgpu: {
    description: "WebGPU, by Chrome's Dawn",
    devices: 'GPUs of any maker (Vulkan, Metal, Direct3D 12)',
    native: true,
  },
  wasm: { description: 'WebAssembly', devices: 'any processor, one core', native: false },
  cpu: { description: 'plain JavaScript', devices: 'any processor, one core', native: false },
} as const satisfies Record<string, BackendFacts>;

export type BackendName = keyof typeof backendFacts;
export const backendNames = Object.keys(backendFacts) as BackendName[];
