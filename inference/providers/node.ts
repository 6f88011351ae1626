import * as ort from 'onnxruntime-node';
import type { LoadedModel } from '../loaded-model.js';
import { type Accelerator, chooseProvider, type Reference } from './choose.js';
import { cudaMissing } from './node-cuda.js';
import { createSession, type NodeProvider } from './node-session.js';
import { softwareAdapter, tryInProcessOfItsOwn } from './node-trial.js';
import { reasonOf, toLoadedModel } from './session.js';

/** Execution providers that can be named in Node; `auto` takes the fastest that works. */
export const providers = ['auto', 'cpu', 'cuda', 'webgpu'] as const;

export type Provider = (typeof providers)[number];

export interface OpenOptions {
  provider: Provider;
  /** Threads of one run on the CPU. Default: onnxruntime's choice, one for each core. */
  threads?: number;
  /** Name of the attention's output. */
  attention?: string;
}

/**
 * A model's session by onnxruntime-node, on the provider that `chooseProvider` takes: CUDA is looked at before WebGPU. Both
 * are first tried in a process of their own.
 *
 * @param name of the file, for messages
 * @throws Error where the provider does not work here, RangeError where the file takes or gives something else than one
 *   tensor each: one line that names the file
 */
export async function openNode(bytes: Uint8Array, name: string, options: OpenOptions): Promise<LoadedModel> {
  const { reference, accelerators } = candidatesFor(bytes, name, options);
  return chooseProvider(options.provider, name, reference, accelerators);
}

/** What this machine can run a file on, in the order in which `auto` looks at them. */
export function candidatesFor(
  bytes: Uint8Array,
  name: string,
  { threads, attention }: Omit<OpenOptions, 'provider'> = {},
): { reference: Reference; accelerators: Accelerator[] } {
  const open = (provider: NodeProvider) => async () => {
    const obstacle = provider === 'cpu' ? undefined : await tryInProcessOfItsOwn(provider, bytes);
    if (obstacle !== undefined) throw new Error(obstacle);
    const session = await createSession(bytes, provider, threads).catch((error: unknown) => {
      throw new Error(reasonOf(error), { cause: error });
    });
    return toLoadedModel(session, ort.Tensor, name, attention);
  };
  return {
    reference: { provider: 'cpu', open: open('cpu') },
    accelerators: [
      {
        provider: 'cuda',
        open: open('cuda'),
        missing: async () => cudaMissing(),
        software: async () => undefined,
        mend: (reason) => (/link/.test(reason) ? 'serkit link onnxruntime-cuda' : ''),
      },
      {
        provider: 'webgpu',
        open: open('webgpu'),
        missing: async () =>
          listSupportedBackends().includes('webgpu') ? undefined : 'this build of onnxruntime-node lacks it',
        software: softwareAdapter,
        mend: (reason) =>
          reason.includes('adapter') && process.platform === 'linux' ? 'apt install mesa-vulkan-drivers' : '',
      },
    ],
  };
}

/** Execution providers that the installed onnxruntime-node brings; `cpu` always works, the others need their device. */
export const listSupportedBackends = (): string[] => ort.listSupportedBackends().map(({ name }) => name);
