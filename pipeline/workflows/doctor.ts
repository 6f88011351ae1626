import { SOON_MILLISECONDS } from '../../inference/providers/choose.js';
import { backendNames } from '../training/backends/backend.js';
import { type BackendTrial, backends, type Choice, chooseBackend, tryBackend } from '../training/backends/index.js';
import { hasNvidiaDriver } from '../training/backends/tensorflow/index.js';
import { currentLink, type Link } from '../training/backends/tensorflow/link.js';
import { examineInference, type ProviderReport } from './examine-providers.js';
import { versions } from './versions.js';

export interface Diagnosis {
  versions: Record<string, string>;
  /** What tfjs-node-gpu is linked to. */
  tensorflow?: Pick<Link, 'version' | 'gpu' | 'folder'>;
  training: {
    backend: string;
    description: string;
    /** What it can compute on, anywhere. */
    devices: string;
    works: boolean;
    /** What it computes on here; undefined where it does not work. */
    device?: string;
    /** Why it does not work, or could do better; empty otherwise. */
    reason: string;
    /** The one command that mends it; empty where there is nothing to mend. */
    mend: string;
  }[];
  /** What `--backend auto` takes, and why; undefined where nothing works. */
  auto?: Pick<Choice, 'name' | 'reason'>;
  /** Execution providers of onnxruntime-node, each tried. */
  inference: ProviderReport[];
  /** What `--provider auto` takes. */
  inferenceAuto: string;
}

/** Tries every training backend with a few small steps, and every execution provider with a small network. */
export async function doctor(): Promise<Diagnosis> {
  const trials = new Map<string, BackendTrial>();
  for (const name of backendNames) trials.set(name, await tryBackend(name));
  const works = [...trials.values()].some((trial) => trial.works);
  const choice = works ? await chooseBackend(async (name) => trials.get(name)!) : undefined;
  const link = await currentLink();
  return {
    versions: await versions(),
    tensorflow: link && { version: link.version, gpu: link.gpu, folder: link.folder },
    training: [...trials.values()].map((trial) => {
      const { description, devices } = backends[trial.backend];
      const device = trial.works ? trial.device.name : undefined;
      return { backend: trial.backend, description, devices, works: trial.works, device, ...advice(trial, link) };
    }),
    auto: choice && { name: choice.name, reason: choice.reason },
    inference: await examineInference(),
    inferenceAuto: `cpu where it answers a clip within ${SOON_MILLISECONDS} ms, else the fastest of these with that model`,
  };
}

function advice(trial: BackendTrial, link: Link | undefined): { reason: string; mend: string } {
  if (!trial.works) return { reason: trial.reason, mend: trial.mend };
  const { backend, device } = trial;
  if (device.kind === 'software gpu') return { reason: 'correct and slow: auto never takes it', mend: '' };
  if (backend === 'tensorflow' && device.kind === 'processor') {
    if (link?.gpu) return { reason: 'linked with CUDA, and it finds no NVIDIA GPU to use (nvidia-smi)', mend: '' };
    if (hasNvidiaDriver())
      return { reason: 'there is an NVIDIA driver that it does not use', mend: 'serkit link tensorflow --gpu' };
  }
  return { reason: '', mend: '' };
}
