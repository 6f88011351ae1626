import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type CachedLibraries, cachedLibraries } from '../../../wheels/cached-libraries.js';
import { pipInstall } from '../../../wheels/pip.js';
import { requirementsOf } from '../../../wheels/requirements.js';

/** Which TensorFlow: its version (such as 2.18.1), and whether the build with CUDA 12 and NVIDIA's libraries beside it. */
export interface TensorflowBuild {
  version: string;
  gpu: boolean;
}

/** A build on this machine: `tensorflow/` with its libraries and headers, `nvidia/` beside it, and what the files are. */
export interface FetchedTensorflow extends CachedLibraries {
  libraries: [string, string];
}

interface Wheel {
  /** What pip calls the build for processors, and the one with CUDA. */
  cpu: string;
  gpu?: string;
  /** pip's names for the platform: the first is that of TensorFlow up to 2.20, then that of later ones and of NVIDIA. */
  platforms: string[];
  libraries: [string, string];
}

const linuxLibraries: Wheel['libraries'] = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

/** The wheels that TensorFlow publishes, by Node's name of the platform. */
const wheels: Record<string, Wheel> = {
  'linux-x64': {
    cpu: 'tensorflow-cpu',
    gpu: 'tensorflow',
    platforms: ['manylinux_2_17_x86_64', 'manylinux_2_27_x86_64', 'manylinux2014_x86_64', 'manylinux1_x86_64'],
    libraries: linuxLibraries,
  },
  'linux-arm64': {
    cpu: 'tensorflow',
    platforms: ['manylinux_2_17_aarch64', 'manylinux_2_27_aarch64'],
    libraries: linuxLibraries,
  },
  'darwin-arm64': {
    cpu: 'tensorflow',
    platforms: ['macosx_12_0_arm64'],
    libraries: ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib'],
  },
};

/**
 * A TensorFlow in the user's cache folder, fetched with pip where it is not there or is not whole.
 *
 * @throws Error where there is no such wheel, or pip is not here or fails
 */
export async function fetchTensorflow(
  build: TensorflowBuild,
  onStep: (line: string) => void,
): Promise<FetchedTensorflow> {
  const { version, gpu } = build;
  const platform = `${process.platform}-${process.arch}`;
  const wheel = wheels[platform];
  if (!wheel) throw new Error(`TensorFlow has no wheel for ${platform}; there are ${Object.keys(wheels).join(', ')}`);
  if (gpu && !wheel.gpu) throw new Error(`TensorFlow has no wheel with CUDA for ${platform}; there is linux-x64`);
  if (!/^\d+\.\d+\.\d+$/.test(version))
    throw new RangeError(`"${version}" is not a version of TensorFlow, such as ${defaultTensorflowVersion}`);

  const cached = await cachedLibraries(
    `tensorflow-${version}${gpu ? '-cuda' : ''}`,
    `TensorFlow ${version}`,
    (folder) => fetchInto(folder, wheel, build, onStep),
    onStep,
  );
  return { ...cached, libraries: wheel.libraries };
}

/** The TensorFlow that is tested; 2.21.0 passes the same tests. */
export const defaultTensorflowVersion = '2.18.1';

async function fetchInto(
  scratch: string,
  wheel: Wheel,
  { version, gpu }: TensorflowBuild,
  onStep: (line: string) => void,
): Promise<void> {
  const site = join(scratch, 'site-packages');
  onStep(`fetching TensorFlow ${version} with pip (${gpu ? 'about 600 MB' : 'about 250 MB'})`);
  await pipInstall(site, [`${gpu ? wheel.gpu : wheel.cpu}==${version}`], wheel);
  if (gpu) {
    onStep("fetching NVIDIA's libraries with pip (about 2.5 GB)");
    await pipInstall(site, await nvidiaRequirements(site), wheel);
    await rename(join(site, 'nvidia'), join(scratch, 'nvidia'));
  }
  await mkdir(join(scratch, 'tensorflow'));
  for (const name of ['include', ...wheel.libraries])
    await rename(join(site, 'tensorflow', name), join(scratch, 'tensorflow', name));
  await rm(site, { recursive: true });
}

/** NVIDIA's libraries, as the TensorFlow that was installed there asks for them. */
async function nvidiaRequirements(site: string): Promise<string[]> {
  const information = (await readdir(site)).find((name) => /^tensorflow-[\d.]+\.dist-info$/.test(name));
  const requirements = requirementsOf(await readFile(join(site, information ?? '', 'METADATA'), 'utf8'), 'and-cuda');
  if (requirements.length === 0) throw new Error('this TensorFlow names no libraries of NVIDIA (its extra "and-cuda")');
  return requirements;
}
