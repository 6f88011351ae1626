import type * as Ort from 'onnxruntime-web';
import type { LoadedModel } from '../loaded-model.js';
import { type Accelerator, chooseProvider, type OpenModel, type Reference } from './choose.js';
import { everyNodeThere, reasonOf, toLoadedModel, wouldUseCpu } from './session.js';
import { obstacleToWebgpu, softwareWebgpu } from './web-adapter.js';

/** Execution providers that can be named in a browser; `auto` takes the fastest that works. */
export const webProviders = ['auto', 'wasm', 'webgpu'] as const;

export type WebProvider = (typeof webProviders)[number];

export interface OpenWebOptions {
  provider: WebProvider;
  /** Threads of one run on wasm, where the page is cross-origin isolated; elsewhere there is one. */
  threads?: number;
  /** Folder of onnxruntime-web's .wasm and .mjs files, with a slash at its end. */
  wasmPaths?: string;
  /** Name of the attention's output. */
  attention?: string;
}

/**
 * A model's session by onnxruntime-web, on the provider that `chooseProvider` takes. What is not used is not fetched: wasm
 * alone is the smallest of onnxruntime's binaries, WebGPU's comes when it is tried, the smaller of its two where the browser
 * can suspend WebAssembly (JSPI).
 *
 * @param name of the file, for messages
 * @throws Error where the provider does not work here, RangeError where the file takes or gives something else than one
 *   tensor each: one line that names the file
 */
export async function openWeb(bytes: Uint8Array, name: string, options: OpenWebOptions): Promise<LoadedModel> {
  const { provider, threads, wasmPaths, attention } = options;

  async function open(importOrt: () => Promise<typeof Ort>, wanted: 'wasm' | 'webgpu'): Promise<OpenModel> {
    const ort = await importOrt();
    if (wasmPaths !== undefined) ort.env.wasm.wasmPaths = wasmPaths;
    ort.env.wasm.numThreads = isIsolated() ? threads : 1;
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: [wanted],
      ...(wanted === 'webgpu' && everyNodeThere),
    }).catch((error: unknown) => {
      throw new Error(explained(error), { cause: error });
    });
    const model = inTurn(await toLoadedModel(session, ort.Tensor, name, attention));
    return wanted === 'webgpu' ? untilLost(model, ort, name) : model;
  }

  const wasm: Reference = {
    provider: 'wasm',
    open: () => oneAtATime(() => open(() => import('onnxruntime-web/wasm'), 'wasm')),
    remark: () => remarkOnThreads(threads),
  };
  const webgpu: Accelerator = {
    provider: 'webgpu',
    open: () => oneAtATime(() => withinTime(open(importWebgpu, 'webgpu'))),
    missing: obstacleToWebgpu,
    software: softwareWebgpu,
    mend: () => '',
  };
  return chooseProvider(provider, name, wasm, [webgpu]);
}

const importWebgpu = (): Promise<typeof Ort> =>
  Reflect.has(Reflect.get(globalThis, 'WebAssembly'), 'Suspending')
    ? import('onnxruntime-web/jspi')
    : import('onnxruntime-web/webgpu');

const isIsolated = (): boolean => Reflect.get(globalThis, 'crossOriginIsolated') === true;

function remarkOnThreads(threads: number | undefined): string {
  if (!isIsolated())
    return `one thread${threads === undefined || threads === 1 ? '' : `, not ${threads}`}: the page is not cross-origin isolated`;
  return threads === undefined ? '' : `threads: ${threads}, where no earlier load of this page decided otherwise`;
}

function explained(error: unknown): string {
  const reason = reasonOf(error);
  return wouldUseCpu(reason) ? 'it lacks operators of the file, which would run on the CPU' : reason;
}

/** A driver that hangs is given up on; what it does later is of no more interest. */
async function withinTime<T>(work: Promise<T>): Promise<T> {
  const minute = 60_000;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it did not open the file within a minute')), minute);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A run after the GPU went away says so: nothing else takes its place. */
async function untilLost(model: OpenModel, ort: typeof Ort, name: string): Promise<OpenModel> {
  const device = (await ort.env.webgpu.device) as { lost?: Promise<{ reason: string; message: string }> } | undefined;
  let lost: string | undefined;
  device?.lost?.then(({ message, reason }) => {
    lost = message || reason;
  });
  const assertThere = (cause?: unknown) => {
    if (lost !== undefined) throw new Error(`${name}: the GPU was lost (${lost}); load the page again`, { cause });
  };
  return {
    ...model,
    run: async (values, shape) => {
      assertThere();
      try {
        return await model.run(values, shape);
      } catch (error) {
        await Promise.resolve(); // the loss is told first
        assertThere(error);
        throw error;
      }
    },
  };
}

const inTurn = (model: OpenModel): OpenModel => ({
  ...model,
  run: (values, shape) => oneAtATime(() => model.run(values, shape)),
  release: () => oneAtATime(() => model.release()),
});

let last: Promise<unknown> = Promise.resolve();

/** A page's wasm runtime does one thing at a time, over all its sessions: what is asked meanwhile waits. */
function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const turn = last.then(work);
  last = turn.catch(() => undefined);
  return turn;
}
