import { availableParallelism } from 'node:os';
import type { Device } from './backend.js';

/** The processor, of which a backend uses all cores or one. */
export function processor(use: 'all cores' | 'one core'): Device {
  const cores = availableParallelism();
  const all = `CPU, ${cores} ${cores === 1 ? 'core' : 'cores'}`;
  return { kind: 'processor', name: use === 'all cores' || cores === 1 ? all : `CPU, 1 of ${cores} cores` };
}
