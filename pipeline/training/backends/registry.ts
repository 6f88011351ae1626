import type { Backend, BackendName } from './backend.js';
import { cpu } from './cpu.js';
import { tensorflow } from './tensorflow/index.js';
import { wasm } from './wasm/index.js';
import { webgpu } from './webgpu/index.js';

export const backends = { tensorflow, webgpu, wasm, cpu } satisfies Record<BackendName, Backend>;
