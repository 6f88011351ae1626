import { availableParallelism } from 'node:os';
import { type BackendName, type Choice, chooseBackend, type Device, tryBackend } from '../training/backends/index.js';
import type { Reporter } from './reporter.js';

/** What cells are trained on, and how many at a time. */
export interface GridBackend {
  name: BackendName;
  device: Device;
  jobs: number;
  /** What the processes of the cells get, so that they share the cores and do not fight over them. */
  environment: Record<string, string>;
}

/**
 * Chooses the backend once for all cells. On a processor as many run side by side as there are cores, a thread each, which
 * is more in sum than several threads in turn for one; on a GPU one.
 *
 * @param jobs how many instead
 * @throws Error where a named backend does not work here, with the command that mends it
 */
export async function chooseGridBackend(
  name: BackendName | 'auto',
  jobs: number | undefined,
  reporter: Reporter,
): Promise<GridBackend> {
  const choice = name === 'auto' ? await chooseBackend() : await named(name);
  for (const { backend, reason } of choice.passedOver) reporter.line(`not ${backend}: ${reason}`);
  const cores = availableParallelism();
  const onProcessor = choice.device.kind === 'processor';
  const count = jobs ?? (onProcessor ? cores : 1);
  return {
    name: choice.name,
    device: choice.device,
    jobs: count,
    environment: environmentFor(count, onProcessor, cores),
  };
}

async function named(name: BackendName): Promise<Omit<Choice, 'reason'>> {
  const trial = await tryBackend(name);
  if (trial.works) return { name, device: trial.device, passedOver: [] };
  throw new Error(`no backend to train with: ${name}: ${trial.reason} (mend it with: ${trial.mend})`);
}

/** A caller's own settings are kept. */
function environmentFor(jobs: number, onProcessor: boolean, cores: number): Record<string, string> {
  const threads = String(Math.max(1, Math.floor(cores / jobs)));
  const wanted: Record<string, string> = onProcessor
    ? { TF_NUM_INTRAOP_THREADS: threads, TF_NUM_INTEROP_THREADS: '1', OMP_NUM_THREADS: threads }
    : jobs > 1
      ? { TF_FORCE_GPU_ALLOW_GROWTH: 'true' } // or the first process takes all of the GPU's memory
      : {};
  return Object.fromEntries(Object.entries(wanted).filter(([key]) => process.env[key] === undefined));
}
