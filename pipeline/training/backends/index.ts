import type { BackendName } from './backend.js';
import { type Choice, chooseBackend } from './choose.js';
import { demandSameBits } from './deterministic.js';
import { activate, tryBackend } from './trial.js';

export type { Backend, BackendName, Device } from './backend.js';
export { type Choice, chooseBackend } from './choose.js';
export { backends } from './registry.js';
export { type BackendTrial, tryBackend } from './trial.js';

/**
 * Makes the backend of that name the active one, or with `auto` the fastest that truly works (`chooseBackend`).
 *
 * @param options.deterministic the same bits run after run, at a cost in speed: see `demandSameBits`
 * @returns which it is, on what, why, and why not another
 * @throws Error where a named backend does not work (never another in its place), with the command that mends it
 */
export async function openBackend(
  name: BackendName | 'auto',
  { deterministic = false }: { deterministic?: boolean } = {},
): Promise<Choice> {
  if (deterministic) demandSameBits();
  const choice = name === 'auto' ? await chooseBackend() : await named(name);
  return { ...choice, device: await activate(choice.name) };
}

async function named(name: BackendName): Promise<Choice> {
  const trial = await tryBackend(name);
  if (trial.works) return { name, device: trial.device, reason: 'it was asked for', passedOver: [] };
  throw new Error(`no backend to train with: ${name}: ${trial.reason} (mend it with: ${trial.mend})`);
}
