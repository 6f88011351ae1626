import * as tf from '@tensorflow/tfjs-core';
import { type Backend, type BackendName, backendNames } from './backend.js';
import { cpu } from './cpu.js';
import { demandSameBits } from './deterministic.js';
import { tensorflow } from './tensorflow/index.js';
import { tryTrainingStep } from './try-training-step.js';
import { wasm } from './wasm/index.js';

export const backends = { tensorflow, wasm, cpu } satisfies Record<BackendName, Backend>;

/** What came of one backend when it was tried. */
export interface BackendTrial {
  backend: BackendName;
  works: boolean;
  /** Why not, in one line; empty where it works. */
  reason: string;
}

/** The backend that training runs on, and what was tried before it. */
export interface ChosenBackend {
  name: BackendName;
  tried: BackendTrial[];
}

/** Opens one backend and trains a step on it: present is not enough, it has to work. */
export async function tryBackend(name: BackendName): Promise<BackendTrial> {
  tf.enableProdMode(); // or tfjs recommends another backend than the one that was chosen
  try {
    await backends[name].open();
    await tryTrainingStep();
    return { backend: name, works: true, reason: '' };
  } catch (error) {
    return { backend: name, works: false, reason: (error as Error).message.split('\n')[0] };
  }
}

/**
 * Opens the backend of that name, or with `auto` the first that truly works in the order of `backendNames`.
 *
 * @param options.deterministic the same bits run after run, at a cost in speed: see `demandSameBits`
 * @throws Error where a named backend does not work (never another in its place), with the command that mends it
 */
export async function openBackend(
  name: BackendName | 'auto',
  { deterministic = false }: { deterministic?: boolean } = {},
): Promise<ChosenBackend> {
  if (deterministic) demandSameBits();
  const tried: BackendTrial[] = [];
  for (const candidate of name === 'auto' ? backendNames : [name]) {
    const trial = await tryBackend(candidate);
    tried.push(trial);
    if (!trial.works) continue;
    return { name: candidate, tried };
  }
  const reasons = tried.map(({ backend, reason }) => `${backend}: ${reason} (mend it with: ${backends[backend].mend})`);
  throw new Error(`no backend to train with: ${reasons.join('; ')}`);
}
