import { listSupportedBackends } from '../../inference/node.js';
import { backendNames } from '../training/backends/backend.js';
import { type BackendTrial, backends, tryBackend } from '../training/backends/index.js';
import { currentLink, type Link } from '../training/backends/tensorflow/link.js';
import { versions } from './versions.js';

export interface Diagnosis {
  versions: Record<string, string>;
  /** What tfjs-node-gpu is linked to. */
  tensorflow?: Link;
  training: (BackendTrial & { description: string; mend: string })[];
  /** What `--backend auto` takes. */
  auto?: string;
  /** Execution providers that this build of onnxruntime-node brings. */
  inference: string[];
}

/** Tries every training backend with a small step, and asks onnxruntime what it brings. */
export async function doctor(): Promise<Diagnosis> {
  const training: Diagnosis['training'] = [];
  for (const name of backendNames) {
    const { description, mend } = backends[name];
    training.push({ ...(await tryBackend(name)), description, mend });
  }
  return {
    versions: await versions(),
    tensorflow: await currentLink(),
    training,
    auto: training.find(({ works }) => works)?.backend,
    inference: listSupportedBackends(),
  };
}
