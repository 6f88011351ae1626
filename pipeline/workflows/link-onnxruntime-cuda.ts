import { execFile } from 'node:child_process';
import { cp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  type CudaLink,
  cudaPlatform,
  cudaProviderLibraries,
  cudaRecordName,
  onnxruntimeFolder,
  onnxruntimeVersion,
} from '../../inference/providers/node-cuda.js';
import { cachedLibraries } from '../wheels/cached-libraries.js';
import { pipInstall } from '../wheels/pip.js';
import { replaceFolder } from '../wheels/replace-folder.js';
import { requirementsOf } from '../wheels/requirements.js';

/** What the command answers: the link, and why it does not serve yet where the machine lacks something else. */
export interface LinkedCuda extends CudaLink {
  /** Empty where the provider loads. */
  lacks: string;
}

/** The wheels of onnxruntime and of NVIDIA name different ones. */
const platforms = [28, 27, 24, 17].map((minor) => `manylinux_2_${minor}_x86_64`);
platforms.push('manylinux2014_x86_64', 'manylinux1_x86_64');

/** NVIDIA's libraries that the provider needs, each after those that it needs itself. cuDNN finds its parts beside it. */
const toPreload = ['cudart', 'nvJitLink', 'nvrtc', 'cublasLt', 'cublas', 'curand', 'cufft', 'cudnn'];

/**
 * Gives onnxruntime-node the CUDA provider of pip's `onnxruntime-gpu` of the same version, with the libraries of NVIDIA
 * that its wheel asks for.
 *
 * Needs python3 with pip (which checks the wheels' hashes), nothing at run time: the libraries are kept in the user's cache
 * folder, those of onnxruntime are linked into the folder where it looks for them, and NVIDIA's are loaded from there before
 * it does (`preloadCuda`), without an environment variable. That folder is replaced all at once, after a process of its own
 * has loaded the provider as far as NVIDIA's driver: a failed link changes nothing.
 *
 * @throws Error where there are no such wheels, pip is not here or fails, or the libraries do not load
 */
export async function linkOnnxruntimeCuda(onStep: (line: string) => void = () => {}): Promise<LinkedCuda> {
  const platform = `${process.platform}-${process.arch}`;
  if (platform !== cudaPlatform)
    throw new Error(`onnxruntime-node has CUDA on ${cudaPlatform} alone, this is ${platform}`);
  const version = onnxruntimeVersion();
  const place = onnxruntimeFolder();
  const name = `onnxruntime-${version}-cuda`;
  const fetchInto = (folder: string) => fetchOnnxruntime(folder, version, onStep);
  const { folder, files } = await cachedLibraries(name, `onnxruntime ${version} with CUDA`, fetchInto, onStep);
  const link: CudaLink = { version, folder, preload: preloadOrder(Object.keys(files)) };
  onStep('trying to load it');
  const lacks = await whatItLacks(link);
  await replaceFolder(place, async (scratch) => {
    const ours = [...cudaProviderLibraries, cudaRecordName];
    for (const file of await readdir(place))
      if (!ours.includes(file)) await cp(join(place, file), join(scratch, file), { preserveTimestamps: true });
    for (const library of cudaProviderLibraries) await symlink(join(folder, library), join(scratch, library));
    await writeFile(join(scratch, cudaRecordName), JSON.stringify(link, null, 2));
  });
  onStep(`linked: onnxruntime-node ${version} has CUDA${lacks && `; ${lacks}`}`);
  return { ...link, lacks };
}

/** Takes the link away; what was fetched stays in the cache. Returns whether there was one. */
export async function unlinkOnnxruntimeCuda(): Promise<boolean> {
  const place = onnxruntimeFolder();
  const ours = [cudaRecordName, ...cudaProviderLibraries];
  const linked = (await readdir(place)).includes(cudaRecordName);
  if (linked) for (const file of ours) await rm(join(place, file), { force: true });
  return linked;
}

async function fetchOnnxruntime(scratch: string, version: string, onStep: (line: string) => void): Promise<void> {
  const site = join(scratch, 'site-packages');
  onStep(`fetching onnxruntime-gpu ${version} with pip (about 250 MB)`);
  await pipInstall(site, [`onnxruntime-gpu==${version}`], { platforms });
  const metadata = await readFile(join(site, `onnxruntime_gpu-${version}.dist-info`, 'METADATA'), 'utf8');
  const nvidia = ['cuda', 'cudnn'].flatMap((extra) => requirementsOf(metadata, extra));
  if (nvidia.length === 0)
    throw new Error(`onnxruntime-gpu ${version} names no libraries of NVIDIA (its extras "cuda" and "cudnn")`);
  onStep("fetching NVIDIA's libraries with pip (about 1.3 GB)");
  await pipInstall(site, nvidia, { platforms, dependencies: true });
  for (const library of cudaProviderLibraries)
    await rename(join(site, 'onnxruntime', 'capi', library), join(scratch, library));
  await rename(join(site, 'nvidia'), join(scratch, 'nvidia'));
  await rm(site, { recursive: true });
}

/** The files among these that are to be loaded first, in order. */
function preloadOrder(files: readonly string[]): string[] {
  return toPreload.flatMap((library) => {
    const named = new RegExp(`^lib${library}\\.so\\.\\d+$`);
    return files.find((file) => named.test(basename(file))) ?? [];
  });
}

/**
 * Loads the provider in a process of its own.
 *
 * @returns what of the machine it lacks; empty where it loads
 * @throws Error where one of the linked libraries does not load
 */
async function whatItLacks({ folder, preload }: CudaLink): Promise<string> {
  const loader = fileURLToPath(new URL('../../inference/providers/node-load-libraries.js', import.meta.url));
  const libraries = [...preload, ...cudaProviderLibraries].map((file) => join(folder, file));
  try {
    await promisify(execFile)(process.execPath, [loader, ...libraries]);
    return '';
  } catch (error) {
    const said = /Error: ([^\n]+)/.exec((error as { stderr?: string }).stderr ?? '')?.[1];
    if (said?.startsWith('libcuda.so.1:')) return `there is no NVIDIA driver (${said})`;
    throw new Error(`the CUDA provider does not load: ${said ?? 'it ended its process'}`);
  }
}
