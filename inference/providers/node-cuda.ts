import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { loadLibraries } from './node-load-libraries.js';

/** What CUDA was linked to; kept beside onnxruntime's own library. */
export const cudaLinkSchema = z.object({
  /** Of onnxruntime. */
  version: z.string(),
  /** Where the fetched libraries lie. */
  folder: z.string(),
  /** NVIDIA's libraries in that folder, in the order in which they have to be loaded. */
  preload: z.array(z.string()),
});

export type CudaLink = z.infer<typeof cudaLinkSchema>;

/** Node's name of the platform on which onnxruntime-node can have CUDA. */
export const cudaPlatform = 'linux-x64';
export const cudaRecordName = 'serkit-link.json';
/** onnxruntime looks for these beside its own library, by absolute path. */
export const cudaProviderLibraries = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so'];

const require = createRequire(import.meta.url);
const description = () => require.resolve('onnxruntime-node/package.json');

/** Version of the onnxruntime-node that is installed, which the linked provider has to be of. */
export const onnxruntimeVersion = (): string => (require(description()) as { version: string }).version;

/** Where onnxruntime-node's library lies. */
export const onnxruntimeFolder = (): string => {
  const { binary } = require(description()) as { binary: { napi_versions: [number] } };
  return join(dirname(description()), 'bin', `napi-v${binary.napi_versions[0]}`, process.platform, process.arch);
};

/** What `serkit link onnxruntime-cuda` linked; undefined where it did not, though the provider may be there by other means. */
export function currentCudaLink(): CudaLink | undefined {
  try {
    return cudaLinkSchema.parse(JSON.parse(readFileSync(join(onnxruntimeFolder(), cudaRecordName), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Why CUDA cannot work here, as far as files tell. */
export function cudaMissing(): string | undefined {
  const platform = `${process.platform}-${process.arch}`;
  if (platform !== cudaPlatform) return `onnxruntime-node has CUDA on ${cudaPlatform} alone, this is ${platform}`;
  const link = currentCudaLink();
  const gone = link?.preload.map((file) => join(link.folder, file)).find((file) => !existsSync(file));
  if (gone) return `its link is broken: ${gone} is gone`;
  const folder = onnxruntimeFolder();
  const absent = cudaProviderLibraries.find((library) => !existsSync(join(folder, library)));
  if (absent) return link ? `its link is broken: ${join(folder, absent)} is gone` : 'its libraries are not linked';
  return undefined;
}

let preloaded = false;

/**
 * Loads NVIDIA's libraries from where they were linked, so that onnxruntime's provider finds them by name: no
 * LD_LIBRARY_PATH, which would have to be set before Node starts.
 *
 * TensorFloat-32, in which GPUs round products to ten bits, is switched off: answers are the same everywhere. A caller's
 * own NVIDIA_TF32_OVERRIDE is kept.
 *
 * @throws Error where a library does not load
 */
export function preloadCuda(): void {
  if (preloaded) return;
  process.env.NVIDIA_TF32_OVERRIDE ??= '0';
  const link = currentCudaLink();
  if (link) loadLibraries(link.preload.map((file) => join(link.folder, file)));
  preloaded = true;
}
