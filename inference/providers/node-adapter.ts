import { existsSync, readdirSync } from 'node:fs';

/** The GPU that WebGPU would use in Node. */
export interface AdapterInfo {
  name: string;
  /** Computes on the processor: SwiftShader, lavapipe. */
  software: boolean;
}

/**
 * Asks the npm package `webgpu`, which is the same Dawn as that inside onnxruntime, whose own adapter cannot be asked for
 * its name. Undefined where the package is not installed, or there is no adapter. A driver may end the process.
 */
export async function adapterInfo(): Promise<AdapterInfo | undefined> {
  const dawn = await import('webgpu').catch(() => undefined);
  const adapter = await dawn?.create([]).requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return undefined;
  const { description, vendor, device, isFallbackAdapter } = adapter.info;
  return { name: description || `${vendor} ${device}`, software: isFallbackAdapter };
}

/** Whether Linux shows a GPU at all; elsewhere this cannot be told by files, and is taken to be so. */
export function hasGpuDevice(): boolean {
  if (process.platform !== 'linux') return true;
  const rendering = existsSync('/dev/dri') ? readdirSync('/dev/dri').some((name) => name.startsWith('render')) : false;
  return rendering || existsSync('/dev/nvidia0') || existsSync('/dev/dxg');
}
